import { type Event, whyNotOnSale } from '../events/event.entity.ts';
import type { Database } from '../platform/database.ts';
import type { GroupMember } from '../platform/group-commit.ts';
import type { EventLock } from '../platform/services.ts';
import { decide, mayFit, type Situation, type Verdict } from './admission.ts';
import type { Booking } from './booking.entity.ts';
import { expireHolds } from './expire-holds.ts';
import { GroupRefused, readSituation, type WrittenGroup, writeGroup } from './group-store.ts';
import { type OfferParts, offerFreePlaces } from './offers/offer-free-places.ts';
import { busy, eventNotFound, type Refusal } from './refusals.ts';
import type { BookingOutcome, TicketOrder } from './ticket-order.ts';

export type Member = GroupMember<TicketOrder, BookingOutcome>;

/** Requests for one event that are committed together. */
export interface Group {
  readonly eventId: number;
  readonly members: readonly Member[];
}

/** `lastSeen`: the event as the last transaction left it; good enough to admit, never to refuse. */
export interface DeskMemory {
  lastSeen: Event;
}

export interface ServeParts extends OfferParts {
  readonly lock: EventLock;
  readonly now: () => Date;
  /** Called after each commit with the new bookings; must not throw. */
  readonly committed: (bookings: readonly Booking[]) => void;
  /** Called with holds that are EXPIRED since a commit; must not throw. */
  readonly expired: (bookings: readonly Booking[]) => void;
}

/** A situation, and whether the database says so now. */
export interface Seen extends Situation {
  readonly fresh: boolean;
}

interface Decision {
  readonly member: Member;
  readonly verdict: Verdict;
  /** Whose booking it is that the member gets: its own, or that of the member it follows. */
  readonly leader: Member;
}

/** Each lost round means that another process booked meanwhile. */
const MAX_ROUNDS = 10;

/**
 * Decides, writes, and decides again on whoever is left, until every member has its answer.
 * @param known what the first decision rests on; null: the database is asked
 */
export async function serveGroup(
  parts: ServeParts,
  { eventId, members }: Group,
  memory: Partial<DeskMemory>,
  known: Seen | null,
): Promise<void> {
  let seen = known;
  let offered = false;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const waiting = unanswered(members);
    if (waiting.length === 0) return;
    seen ??= await look(parts.db, { eventId, members: waiting });
    if (!seen) return answerAll(waiting, eventNotFound());
    memory.lastSeen = seen.event;

    const now = parts.now();
    const decisions = decideOn(waiting, seen, now);
    const refused = decisions.some(({ verdict }) => verdict.kind === 'refused');
    const admitted = decisions.filter(({ verdict }) => verdict.kind === 'admitted').map(({ member }) => member);
    if (decisions.some(({ verdict }) => mayFit(verdict, seen as Seen))) {
      await takeBack(parts, eventId, now);
    } else if (seen.promised && !offered && whyNotOnSale(seen.event, now) === null) {
      offered = true;
      await parts.lock.withLock(eventId, () => offerFreePlaces(parts, eventId, now));
    } else if (seen.fresh || !refused) {
      if (admitted.length === 0) return answerRest(parts.db, decisions);
      const written = await write(parts, { eventId, members: admitted }, now);
      if (written) {
        parts.committed(written.bookings);
        answerAdmitted(decisions, written);
        memory.lastSeen = written.event;
      }
    }
    seen = null;
  }
  answerAll(members, busy());
}

export function unanswered(members: readonly Member[]): Member[] {
  return members.filter((member) => !member.answered);
}

export function answerAll(members: readonly Member[], refusal: Refusal): void {
  for (const member of unanswered(members)) member.answer(refusal);
}

export function remembered({ lastSeen: event }: Partial<DeskMemory>): Seen | null {
  return event
    ? { event, earlier: new Map(), placesByUser: new Map(), holdsAreOver: false, promised: false, fresh: false }
    : null;
}

/** @returns null for an unknown event */
export async function look(db: Database, { eventId, members }: Group): Promise<Seen | null> {
  const situation = await readSituation(
    db,
    eventId,
    members.map(({ request }) => request),
  );
  return situation && { ...situation, fresh: true };
}

function decideOn(members: readonly Member[], situation: Situation, now: Date): Decision[] {
  const verdicts = decide(
    members.map(({ request }) => request),
    situation,
    now,
  );
  return members.map((member, i) => {
    const verdict = verdicts[i] as Verdict;
    return { member, verdict, leader: verdict.kind === 'follows' ? (members[verdict.index] as Member) : member };
  });
}

/** @returns null when the database does not let all of them in any more */
async function write({ db, lock }: ServeParts, { eventId, members }: Group, now: Date): Promise<WrittenGroup | null> {
  const requests = members.map(({ request }) => request);
  try {
    return await lock.withLock(eventId, () => writeGroup(db, eventId, requests, now));
  } catch (error) {
    if (error instanceof GroupRefused) return null;
    throw error;
  }
}

/** Whoever is refused has to wait for this first, so nothing that belongs to a hold that is over is ever missed. */
async function takeBack(parts: ServeParts, eventId: number, now: Date): Promise<void> {
  parts.expired(await parts.lock.withLock(eventId, () => expireHolds(parts, eventId, now)));
}

/** Members that are refused or repeats wait for a look at the database as it is after the commit. */
function answerAdmitted(decisions: readonly Decision[], { bookings }: WrittenGroup): void {
  const byReference = new Map(bookings.map((booking) => [booking.reference, booking]));
  for (const { member, leader } of decisions) {
    const booking = byReference.get(leader.request.reference);
    if (booking) member.answer({ kind: 'booked', booking, replayed: leader !== member });
  }
}

async function answerRest(db: Database, decisions: readonly Decision[]): Promise<void> {
  // The booking of a repeat may be another process's, committed and not yet on the disk.
  if (decisions.some(({ verdict }) => verdict.kind === 'repeat')) await db.durable();
  for (const { member, verdict } of decisions) {
    if (verdict.kind === 'refused') member.answer(verdict);
    if (verdict.kind === 'repeat') member.answer({ kind: 'booked', booking: verdict.booking, replayed: true });
  }
}
