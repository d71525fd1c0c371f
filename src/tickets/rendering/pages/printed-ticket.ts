/** What stands on the page of a ticket besides its QR code. Times are ISO 8601. */
export interface PrintedTicket {
  readonly title: string;
  readonly venue: string | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** IANA name. */
  readonly timeZone: string;
  readonly holderName: string | null;
  /** The booking's. */
  readonly reference: string;
  /** 1 to the quantity. */
  readonly serial: number;
  readonly quantity: number;
  readonly code: string;
  /** When the tickets of the booking were issued, which is the date of the document. */
  readonly issuedAt: string;
}
