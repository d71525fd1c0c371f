import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { BookingStatus } from '../bookings/booking-status.ts';
import { statusOfFound } from '../bookings/transition.ts';
import { type Database, selectEntities, toEntities } from '../platform/database.ts';
import { type Ticket, TicketSchema } from '../tickets/ticket.entity.ts';
import { type CheckInUndo, CheckInUndoSchema } from './check-in-undo.entity.ts';
import type { DoorTickets, RedeemedTicket } from './judge-scans.ts';

/** A ticket that was redeemed and set back has two changes behind it. */
const VERSION_OF_FIRST_UNDO = 2;

/** The tickets with these codes; what is missing does not exist. The bookings of a CANCELLED event count as cancelled at once. */
export async function readDoorTickets(db: Database, codes: readonly string[]): Promise<DoorTickets> {
  const em = db.em();
  const { rows } = await sql<{ eventId: number; bookingStatus: BookingStatus }>`
    select tickets.*, bookings.event_id as "eventId",
      case when events.status = 'CANCELLED' then events.status else bookings.status end as "bookingStatus"
    from tickets join bookings on bookings.id = tickets.booking_id join events on events.id = bookings.event_id
    where tickets.code ${db.oneOf(codes)}`.execute(em.getKysely());
  const tickets = toEntities(em, TicketSchema, rows);
  const undos = Map.groupBy(await readUndos(db, tickets), ({ ticketId }) => ticketId);
  return new Map(
    rows.map(({ eventId, bookingStatus }, i) => {
      const ticket = tickets[i] as Ticket;
      return [ticket.code, { ticket, eventId, bookingStatus, undos: undos.get(ticket.id) ?? [] }];
    }),
  );
}

async function readUndos(db: Database, tickets: readonly Ticket[]): Promise<CheckInUndo[]> {
  const ids = tickets.filter(({ version }) => version >= VERSION_OF_FIRST_UNDO).map(({ id }) => id);
  if (ids.length === 0) return [];
  const ofThese = sql<object>`select * from check_in_undos where ticket_id ${db.oneOf(ids)} order by ticket_version`;
  return selectEntities(db.em(), CheckInUndoSchema, ofThese);
}

class EventCancelled extends Error {}

/**
 * Writes redemptions of tickets of one event, with its counter, in one transaction. The row is the guard: a ticket is only
 * redeemed as it was seen, and while its booking is FINALIZED; none is once the event is CANCELLED.
 * @returns the ids of those that were; what became of the others is to be looked at anew
 */
export async function writeRedemptions(
  db: Database,
  eventId: number,
  redemptions: readonly RedeemedTicket[],
): Promise<ReadonlySet<number>> {
  try {
    return await db.transaction('check-in', async (tx) => {
      const written = await redeemRows(db, tx, eventId, redemptions);
      const more = redemptions.filter(({ seen }) => seen.redeemedAt === null && written.has(seen.id)).length;
      // Last, because whoever sells waits for this row.
      if (more > 0 && !(await addToRedeemedCount(tx, eventId, more))) throw new EventCancelled();
      return written;
    });
  } catch (error) {
    if (error instanceof EventCancelled) return new Set();
    throw error;
  }
}

/** For the same reason as `statusOfFound`: the bookings are found by their tickets. */
const eventOfFound = sql`bookings.event_id + 0`;

/**
 * A booking that is just being cancelled is waited for, and then left out; one that is held here is cancelled after that.
 * Doors that scan the same tickets take them in the same order, so that no two wait for each other.
 * CROSS JOIN is how SQLite is told to join in that order: it would read the whole list once for each ticket.
 */
async function redeemRows(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  redemptions: readonly RedeemedTicket[],
): Promise<ReadonlySet<number>> {
  const rows = redemptions.map(({ seen, becomes }) => ({
    ticketId: seen.id,
    seenVersion: seen.version,
    redeemedAt: db.timestamp(becomes.redeemedAt),
    device: becomes.redeemedByDevice,
    nonce: becomes.redeemedNonce,
    offline: becomes.redeemedOffline ? 1 : 0,
  }));
  const source = db.jsonRows(rows, {
    ticketId: 'integer',
    seenVersion: 'integer',
    redeemedAt: 'time',
    device: 'text',
    nonce: 'text',
    offline: 'integer',
  });
  const ids = db.oneOf(redemptions.map(({ seen }) => seen.id));
  const written = await sql<{ id: number }>`
    with held as materialized (
      select rows.* from ${source} cross join tickets cross join bookings
      where tickets.id ${ids} and tickets.id = rows.${sql.ref('ticketId')} and tickets.version = rows.${sql.ref('seenVersion')}
        and bookings.id = tickets.booking_id and ${statusOfFound} = 'FINALIZED' and ${eventOfFound} = ${eventId}
      ${db.held({ shared: 'bookings', own: 'tickets' })})
    update tickets set redeemed_at = held.${sql.ref('redeemedAt')}, redeemed_by_device = held.device,
      redeemed_nonce = held.nonce, redeemed_offline = (held.offline = 1), version = tickets.version + 1
    from held
    where tickets.id ${ids} and tickets.id = held.${sql.ref('ticketId')} and tickets.version = held.${sql.ref('seenVersion')}
      and (tickets.redeemed_at is null or tickets.redeemed_offline and held.${sql.ref('redeemedAt')} < tickets.redeemed_at)
    returning tickets.id`.execute(tx.getKysely());
  return new Set(written.rows.map(({ id }) => id));
}

export async function eventOfTicket(tx: SqlEntityManager, ticketId: number): Promise<number> {
  const { rows } = await sql<{ eventId: number }>`
    select bookings.event_id as "eventId" from tickets join bookings on bookings.id = tickets.booking_id
    where tickets.id = ${ticketId}`.execute(tx.getKysely());
  return (rows[0] as { eventId: number }).eventId;
}

/**
 * @param more below 0 to take some away
 * @returns false when the event is CANCELLED, which lets nobody in
 */
export async function addToRedeemedCount(tx: SqlEntityManager, eventId: number, more: number): Promise<boolean> {
  const onlyWhenHeld = more > 0 ? sql`and status <> 'CANCELLED'` : sql``;
  const { rows } = await sql`
    update events set redeemed_count = redeemed_count + ${more}, version = version + 1
    where id = ${eventId} ${onlyWhenHeld} returning id`.execute(tx.getKysely());
  return rows.length > 0;
}
