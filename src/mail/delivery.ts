/** A mail as it is handed to the mail server. */
export interface WrittenMail {
  readonly envelope: { readonly from: string; readonly to: string };
  /** Headers and bodies (RFC 5322). */
  readonly message: Buffer;
}

/** What came of one try to hand a mail to the mail server. */
export type Delivery =
  | { readonly kind: 'sent' }
  /** For good: another try would be answered alike. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The mail server does not take it now, or may have taken it and has not said so. */
  | { readonly kind: 'later'; readonly reason: string }
  /** Its booking has come to another status, or has no address any more. */
  | { readonly kind: 'outdated' }
  /** The mail server did not hear of this mail. */
  | { readonly kind: 'away'; readonly error: unknown }
  /** We were told to stop; the mail server may have heard of it, or not. */
  | { readonly kind: 'stopped'; readonly heard: boolean };

export const SENT: Delivery = { kind: 'sent' };
export const OUTDATED: Delivery = { kind: 'outdated' };
