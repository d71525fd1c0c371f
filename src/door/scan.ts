import type { Ticket } from '../tickets/ticket.entity.ts';
import type { CheckInRefusal } from './check-in-refusals.ts';

/** A ticket's code, seen at the door of an event. */
export interface Scan {
  readonly code: string;
  /** The QR code was signed for another event. */
  readonly forAnotherEvent: boolean;
  readonly deviceId: string;
  /** Of the device, another for each of its scans: a repeat is known by both. */
  readonly nonce: string;
  readonly at: Date;
  /** Made without a network, and sent in later. */
  readonly offline: boolean;
}

/** What becomes of a scan. */
export type CheckInOutcome = CheckedIn | CheckInRefusal;

interface CheckedIn {
  readonly kind: 'checked-in';
  readonly ticket: Ticket;
  /** The same scan was answered so before. */
  readonly replayed: boolean;
}
