import type { Kept } from './kept.ts';
import { randomId } from './random-id.ts';
import { Store } from './store.ts';

/** A site that signs its users in itself writes their token there; README says how. */
const TOKEN = 'boxoffice.token';
const BUYER = 'boxoffice.buyer';

/** What a token says of its bearer. The box office checks it, and not this page. */
interface Claims {
  readonly sub?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
}

/** Who sits before this browser: the bearer of a token, or, where none is asked for, a name that it made up. */
export class Session {
  readonly auth: 'off' | 'jwt';
  readonly token: Store<string | null>;
  readonly #kept: Kept;

  constructor(auth: 'off' | 'jwt', kept: Kept) {
    this.auth = auth;
    this.#kept = kept;
    this.token = new Store(auth === 'jwt' ? kept.getItem(TOKEN) : null);
  }

  /** @param token null: to sign out */
  signIn(token: string | null): void {
    if (token === null) this.#kept.removeItem(TOKEN);
    else this.#kept.setItem(TOKEN, token);
    this.token.set(token);
  }

  /** Who signs in or out in another tab, or on the site around us, has done so here too. */
  follow(): void {
    addEventListener('storage', ({ key }) => {
      if (this.auth === 'jwt' && (key === TOKEN || key === null)) this.token.set(this.#kept.getItem(TOKEN));
    });
  }

  /** What a request or a socket says of who asks. */
  authorization(): { authorization?: string } {
    const token = this.token.get();
    return token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** Who buys; null: nobody is signed in. */
  userId(): string | null {
    if (this.auth === 'jwt') return claimsOf(this.token.get())?.sub ?? null;
    const known = this.#kept.getItem(BUYER);
    if (known) return known;
    const made = `browser-${randomId()}`;
    this.#kept.setItem(BUYER, made);
    return made;
  }

  /** Whether it is worth showing what only they may do. */
  is(role: 'organizer' | 'staff'): boolean {
    if (this.auth === 'off') return true;
    const claims = claimsOf(this.token.get());
    const roles = [claims?.role, ...(claims?.roles ?? [])];
    return roles.includes(role) || (role === 'staff' && roles.includes('organizer'));
  }
}

/** @returns null when it is no token */
export function claimsOf(token: string | null): Claims | null {
  try {
    const [, payload = ''] = token?.split('.') ?? [];
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
  } catch {
    return null;
  }
}
