import { describeAttempts, type ScanAttempt } from './history.ts';
import type { Promises } from './promises.ts';
import type { TicketRow } from './stage.ts';

/** What the doors were told of tickets, against the rows. */
export const doorPromises: Promises = {
  'a ticket lets in one scan, which is in its row; who is refused was late, or the booking was cancelled': ({
    history,
    tickets,
  }) => {
    const rows = new Map(tickets.map((ticket) => [ticket.code, ticket]));
    return [...Map.groupBy(history.scans, ({ code }) => code)].flatMap(([code, scans]) => {
      const row = rows.get(code);
      if (row && scans.every((scan) => isTrueOf(row, scan)) && isOfAScan(row, scans)) return [];
      return [`${JSON.stringify(row)}\n${describeAttempts(history, scans)}`];
    });
  },
};

/** Nothing is set back, so what the row has in the end was so for whoever came later. */
function isTrueOf(row: TicketRow, { outcome, deviceId, nonce }: ScanAttempt): boolean {
  if (outcome.kind === 'redeemed') return row.deviceId === deviceId && row.nonce === nonce;
  if (outcome.kind !== 'refused') return true;
  if (outcome.code === 'CANCELLED') return row.bookingStatus === 'CANCELLED' || row.eventStatus === 'CANCELLED';
  const isAnothers = row.deviceId !== deviceId || row.nonce !== nonce;
  return outcome.code === 'ALREADY_REDEEMED' && row.deviceId !== null && isAnothers;
}

function isOfAScan(row: TicketRow, scans: readonly ScanAttempt[]): boolean {
  if (row.deviceId === null) return true;
  return scans.some(({ deviceId, nonce }) => row.deviceId === deviceId && row.nonce === nonce);
}
