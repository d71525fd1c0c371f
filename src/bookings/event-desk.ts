import type { BookingLimits } from '../config.ts';
import { unavailable } from '../errors.ts';
import { availableCount, type Event } from '../events/event.entity.ts';
import type { Database } from '../platform/database.ts';
import type { EventLock } from '../platform/event-lock.ts';
import { GroupCommit, type GroupMember } from '../platform/group-commit.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import { decide, type Situation, type Verdict } from './admission.ts';
import type { Booking } from './booking.entity.ts';
import type { BookingRequest } from './booking-request.ts';
import { findByReferences, GroupRefused, readSituation, type WrittenGroup, writeGroup } from './group-store.ts';
import { busy, eventNotFound, type Refusal } from './refusals.ts';

interface Booked {
  readonly kind: 'booked';
  readonly booking: Booking;
  /** The booking was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export type BookingOutcome = Booked | Refusal;
type Member = GroupMember<BookingRequest, BookingOutcome>;
/** `lastSeen`: the event as the desk's last transaction left it; good enough to admit, never to refuse. */
type DeskMemory = { lastSeen: Event };

export interface EventDeskParts {
  readonly db: Database;
  readonly lock: EventLock;
  readonly limits: BookingLimits;
  readonly trouble: RepeatedTrouble;
  readonly now: () => Date;
  /** Called after each commit with the new bookings; must not throw. */
  readonly committed: (bookings: readonly Booking[]) => void;
}

/** Each group of a sold-out event reads it once to say so truthfully: fewer and larger groups say it as well. */
const SOLD_OUT_REST_MS = 5;
/** Each lost round means that another process booked meanwhile. */
const MAX_ROUNDS = 10;

export type EventDesks = GroupCommit<number, BookingRequest, BookingOutcome, DeskMemory>;

/** The desks of all events: bookings for one event are committed in groups, one group at a time. */
export function createEventDesks(parts: EventDeskParts): EventDesks {
  const { maxWaitingPerEvent: maxWaiting, maxGroupSize, maxWaitMs } = parts.limits;
  return new GroupCommit({ maxWaiting, maxGroupSize }, async (eventId, group, memory) => {
    const now = performance.now();
    for (const member of group) if (now - member.waitingSince > maxWaitMs) member.answer(busy());
    try {
      await serve(parts, eventId, group, memory);
    } catch (error) {
      if (isBusy(error)) {
        answerAll(group, busy());
        return 0;
      }
      parts.trouble.note('warn', 'a group of bookings failed, trying once more', error, { eventId });
      delete memory.lastSeen;
      await serve(parts, eventId, group, memory, true).catch((again: unknown) => {
        // Whether the first attempt was committed is not known, so this cannot be BUSY.
        throw isBusy(again) || isUnavailable(again) ? unavailable(again) : again;
      });
    }
    return memory.lastSeen && availableCount(memory.lastSeen) === 0 ? SOLD_OUT_REST_MS : 0;
  });
}

/** The answer to the first attempt's commit may be all that was lost: those who have their booking keep it. */
async function answerCommitted({ db, committed }: EventDeskParts, group: readonly Member[]): Promise<void> {
  const waiting = new Map(
    group.filter((member) => !member.answered).map((member) => [member.request.reference, member]),
  );
  const bookings = await findByReferences(db, db.em(), [...waiting.keys()]);
  if (bookings.length > 0) await db.durable();
  for (const booking of bookings) waiting.get(booking.reference)?.answer({ kind: 'booked', booking, replayed: false });
  if (bookings.length > 0) committed(bookings);
}

/** Decides, writes, and decides again on whoever is left, until every member has its answer. */
async function serve(
  parts: EventDeskParts,
  eventId: number,
  group: readonly Member[],
  memory: Partial<DeskMemory>,
  isRetry = false,
): Promise<void> {
  let fresh = false;
  let situation: Situation | null = memory.lastSeen ? remembered(memory.lastSeen) : null;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const waiting = group.filter((member) => !member.answered);
    if (waiting.length === 0) return;
    const requests = waiting.map((member) => member.request);
    if (!situation) {
      situation = await readSituation(parts.db, eventId, requests);
      fresh = true;
      if (isRetry) {
        // Only now: places that our own rows take can be seen in the event no earlier than the rows themselves.
        await answerCommitted(parts, waiting);
        if (situation) continue;
      }
    }
    if (!situation) return answerAll(waiting, eventNotFound());
    memory.lastSeen = situation.event;

    const now = parts.now();
    const verdicts = decide(requests, situation, now);
    const admitted = waiting.filter((_, i) => verdicts[i]?.kind === 'admitted');
    const refused = verdicts.some((verdict) => verdict.kind === 'refused');
    if (refused && !fresh) {
      situation = null;
      continue;
    }
    if (admitted.length === 0) return answerFrom(parts, waiting, verdicts);

    const written = await book(parts, eventId, admitted, now);
    if (written) {
      parts.committed(written.bookings);
      answerAdmitted(waiting, verdicts, admitted, written);
      memory.lastSeen = written.event;
    }
    situation = null;
    fresh = false;
  }
  answerAll(group, busy());
}

async function book(
  parts: EventDeskParts,
  eventId: number,
  admitted: readonly Member[],
  now: Date,
): Promise<WrittenGroup | null> {
  try {
    const requests = admitted.map((member) => member.request);
    return await parts.lock.withLock(eventId, () => writeGroup(parts.db, eventId, requests, now));
  } catch (error) {
    if (error instanceof GroupRefused) return null;
    throw error;
  }
}

function remembered(event: Event): Situation {
  return { event, earlier: new Map(), placesByUser: new Map() };
}

/** Members that are refused or repeats wait for a look at the database as it is after the commit. */
function answerAdmitted(
  waiting: readonly Member[],
  verdicts: readonly Verdict[],
  admitted: readonly Member[],
  written: WrittenGroup,
): void {
  const bookings = new Map(admitted.map((member, i) => [member, written.bookings[i] as Booking]));
  waiting.forEach((member, i) => {
    const verdict = verdicts[i] as Verdict;
    const leader = verdict.kind === 'follows' ? (waiting[verdict.index] as Member) : member;
    const booking = bookings.get(leader);
    if (booking) member.answer({ kind: 'booked', booking, replayed: leader !== member });
  });
}

async function answerFrom(
  { db }: EventDeskParts,
  waiting: readonly Member[],
  verdicts: readonly Verdict[],
): Promise<void> {
  // The booking of a repeat may be another process's, committed and not yet on the disk.
  if (verdicts.some((verdict) => verdict.kind === 'repeat')) await db.durable();
  waiting.forEach((member, i) => {
    const verdict = verdicts[i] as Verdict;
    if (verdict.kind === 'refused') member.answer(verdict);
    if (verdict.kind === 'repeat') member.answer({ kind: 'booked', booking: verdict.booking, replayed: true });
  });
}

function answerAll(group: readonly Member[], refusal: Refusal): void {
  for (const member of group) if (!member.answered) member.answer(refusal);
}
