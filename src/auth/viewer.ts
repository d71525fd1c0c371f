import { text } from '../input-checks.ts';

/** What a token may say of its bearer; one that says nothing is a buyer's. */
export const TOKEN_ROLES = ['organizer', 'staff'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

export type ViewerKind = 'anonymous' | 'buyer' | TokenRole;

/** Who asks. */
export interface Viewer {
  readonly kind: ViewerKind;
  /** The token's subject; null when there was no token. */
  readonly userId: string | null;
  /** When the token ends, in milliseconds since 1970; null without a token. */
  readonly expiresAtMs: number | null;
}

export const ANONYMOUS: Viewer = { kind: 'anonymous', userId: null, expiresAtMs: null };

/** With AUTH_MODE=off everybody may do everything. */
export const ANYBODY: Viewer = { kind: 'organizer', userId: null, expiresAtMs: null };

/** Text, so that any identity provider fits. */
export const USER_ID = text(1, 255);
