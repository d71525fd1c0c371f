import { sql } from 'kysely';
import { z } from 'zod';
import { notFound } from '../errors.ts';
import { check, title } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import { type Ticket, TicketSchema } from '../tickets/ticket.entity.ts';
import { addToRedeemedCount, eventOfTicket } from './door-store.ts';
import type { DoorParts } from './serve-scans.ts';

export interface UndoCheckInParts extends DoorParts {
  readonly now: () => Date;
}

export const UNDO_RULES = z.object({ reason: title(1, 255) });

/**
 * Sets a redeemed ticket back, so that it lets its holder in once more, and keeps what it was. One that is not redeemed is
 * returned unchanged.
 * @param reason for people; 1 to 255 characters
 * @throws BoxOfficeError NOT_FOUND; BAD_USER_INPUT
 */
export async function undoCheckIn(
  { db, announceNumbers, now }: UndoCheckInParts,
  id: number | null,
  reason: string,
): Promise<Ticket> {
  const given = check(UNDO_RULES, { reason });
  if (id === null) throw notFound('Ticket');
  const eventId = await setBack(db, id, given.reason, now());
  if (eventId !== null) announceNumbers(eventId);
  const ticket = await db.em().findOne(TicketSchema, { id });
  if (!ticket) throw notFound('Ticket');
  return ticket;
}

/** @returns the event; null when there was nothing to set back */
function setBack(db: Database, id: number, reason: string, at: Date): Promise<number | null> {
  return db.transaction('undo-check-in', async (tx) => {
    const kept = await sql`
      insert into check_in_undos (ticket_id, ticket_version, reason, undone_at, device, nonce, redeemed_at)
      select id, version, ${reason}, ${db.timestamp(at)}, redeemed_by_device, redeemed_nonce, redeemed_at
      from tickets where id = ${id} and redeemed_at is not null ${db.held({ own: 'tickets' })}
      returning ticket_id`.execute(tx.getKysely());
    if (kept.rows.length === 0) return null;
    await sql`
      update tickets set redeemed_at = null, redeemed_by_device = null, redeemed_nonce = null, redeemed_offline = false,
        version = version + 1
      where id = ${id}`.execute(tx.getKysely());
    const eventId = await eventOfTicket(tx, id);
    await addToRedeemedCount(tx, eventId, -1);
    return eventId;
  });
}
