import type { CheckInRefusalCode, ScanAnswer, ScannedTicket } from '../../generated/operations.ts';

/** Why nobody comes in that only this device knows. */
type OwnReason = 'NEEDS_NETWORK' | 'SIGN_IN' | 'NOT_KEPT';

/** What the door says to a scan. */
export type Verdict =
  /** `checked`: by the box office; otherwise by this device alone. */
  | { readonly kind: 'welcome'; readonly checked: boolean; readonly ticket: ScannedTicket | null }
  | {
      readonly kind: 'already';
      readonly at: string | null;
      readonly deviceId: string | null;
      readonly ticket: ScannedTicket | null;
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export type RefusalReason = Exclude<CheckInRefusalCode, 'ALREADY_REDEEMED'> | OwnReason;

export function refused(reason: RefusalReason): Verdict {
  return { kind: 'refused', reason };
}

export function verdictOf(answer: ScanAnswer): Verdict {
  if (answer.__typename === 'CheckedIn') return { kind: 'welcome', checked: true, ticket: answer.ticket };
  const { code, redeemedAt: at, deviceId, known: ticket } = answer;
  return code === 'ALREADY_REDEEMED' ? { kind: 'already', at, deviceId, ticket } : refused(code);
}
