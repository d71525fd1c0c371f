import { aboveLimits, availableFor, type Situation } from '../bookings/admission.ts';
import type { Booking } from '../bookings/booking.entity.ts';
import { expireHolds } from '../bookings/expire-holds.ts';
import { readSituation } from '../bookings/group-store.ts';
import type { AnnounceNumbers } from '../bookings/live/update-hints.ts';
import { type OfferParts, offerFreePlaces } from '../bookings/offers/offer-free-places.ts';
import type { WaitingListEntry } from '../bookings/offers/waiting-list-entry.entity.ts';
import { type EntryNow, placeAll, readEntries } from '../bookings/offers/waiting-list-queries.ts';
import { busy, eventNotFound, notOnSale, placesAvailable, type Refusal } from '../bookings/refusals.ts';
import { whyNotOnSale } from '../events/event.entity.ts';
import { GroupCommit, type GroupCommitLimits, type GroupMember } from '../platform/group-commit.ts';
import type { EventLock } from '../platform/services.ts';
import { activeEntries, insertEntries } from './entry-store.ts';
import type { JoinOutcome, WaitingWish } from './waiting-wish.ts';

export interface JoinGroupParts extends OfferParts {
  readonly lock: EventLock;
  readonly now: () => Date;
  /** Called with holds that are EXPIRED since a commit; must not throw. */
  readonly expired: (bookings: readonly Booking[]) => void;
  /** Called when somebody has joined; must not throw. */
  readonly announceNumbers: AnnounceNumbers;
}

/** Of 500 holds that are over. */
const MAX_ROUNDS = 10;

export type JoinDesks = GroupCommit<number, WaitingWish, JoinOutcome>;
type Member = GroupMember<WaitingWish, JoinOutcome>;

/** Those who join one event's list are committed in groups, as its bookings are. */
export function createJoinDesks(parts: JoinGroupParts, limits: GroupCommitLimits): JoinDesks {
  return new GroupCommit(limits, async (eventId, members) => {
    await joinGroup(parts, eventId, members);
    return 0;
  });
}

async function joinGroup(parts: JoinGroupParts, eventId: number, members: readonly Member[]): Promise<void> {
  answerWith(await activeEntriesOf(parts, eventId, members), members, true);
  const asking = unanswered(members);
  const situation = asking.length > 0 ? await look(parts, eventId, asking) : null;
  for (const member of asking) {
    const refusal = situation ? refusalFor(member.request, situation, parts.now()) : eventNotFound();
    if (refusal) member.answer(refusal);
  }
  const joining = unanswered(members);
  if (joining.length === 0) return;
  answerWith(await join(parts, eventId, joining), joining, false);
  // The same user has joined by another process meanwhile.
  answerWith(await activeEntriesOf(parts, eventId, unanswered(joining)), joining, true);
  for (const member of unanswered(joining)) member.answer(busy());
}

async function join(parts: JoinGroupParts, eventId: number, members: readonly Member[]) {
  // Of several of one user the first counts.
  const wishes = new Map<string, WaitingWish>();
  for (const { request } of members) if (!wishes.has(request.userId)) wishes.set(request.userId, request);
  const joined = await insertEntries(parts.db, eventId, [...wishes.values()], parts.now());
  parts.announceNumbers(eventId);
  const offered = await offerWhatCameBack(parts, eventId);
  const entries = offered ? await readEntries(parts.db, idsOf(joined)) : joined;
  return placed(parts, eventId, entries);
}

/** Places of holds that are over come back first, with every worker dead: whoever waits for them would wait for nothing. */
async function look(parts: JoinGroupParts, eventId: number, members: readonly Member[]): Promise<Situation | null> {
  const wishes = members.map(({ request }) => ({ ...request, idempotencyKey: null }));
  for (let round = 0; ; round++) {
    const situation = await readSituation(parts.db, eventId, wishes);
    if (!situation?.holdsAreOver || round === MAX_ROUNDS) return situation;
    parts.expired(await parts.lock.withLock(eventId, () => expireHolds(parts, eventId, parts.now())));
  }
}

function refusalFor(wish: WaitingWish, situation: Situation, now: Date): Refusal | undefined {
  const { event, placesByUser } = situation;
  const closed = whyNotOnSale(event, now);
  if (closed !== null) return notOnSale(closed);
  const above = aboveLimits(wish, event, placesByUser.get(wish.userId) ?? 0);
  if (above) return above;
  const available = availableFor(situation);
  return available >= wish.quantity ? placesAvailable(available) : undefined;
}

/**
 * Places may have come back since the look, by somebody who saw nobody waiting. What is given back by a transaction that began
 * before this commit and ends after it, on PostgreSQL, is left to the event's next booking, and to the workers.
 * @returns whether something was offered
 */
async function offerWhatCameBack(parts: JoinGroupParts, eventId: number): Promise<boolean> {
  const situation = await readSituation(parts.db, eventId, []);
  if (!situation?.promised || whyNotOnSale(situation.event, parts.now()) !== null) return false;
  await parts.lock.withLock(eventId, () => offerFreePlaces(parts, eventId, parts.now()));
  return true;
}

/** Entries of the members that are on the list, by user. */
async function activeEntriesOf({ db }: JoinGroupParts, eventId: number, members: readonly Member[]) {
  const users = members.map(({ request }) => request.userId);
  return placed({ db }, eventId, users.length > 0 ? await activeEntries(db, eventId, users) : []);
}

/** Where they stand, by user. */
async function placed(
  { db }: Pick<JoinGroupParts, 'db'>,
  eventId: number,
  entries: readonly WaitingListEntry[],
): Promise<Map<string, EntryNow>> {
  return new Map((await placeAll(db, eventId, entries)).map((entry) => [entry.userId, entry]));
}

/** @param already whether they were on the list before */
function answerWith(entries: ReadonlyMap<string, EntryNow>, members: readonly Member[], already: boolean): void {
  const first = new Set<string>();
  for (const member of members) {
    const { userId } = member.request;
    const entry = entries.get(userId);
    if (entry) member.answer({ kind: 'waiting', entry, already: already || first.has(userId) });
    first.add(userId);
  }
}

function unanswered(members: readonly Member[]): Member[] {
  return members.filter(({ answered }) => !answered);
}

function idsOf(entries: readonly WaitingListEntry[]): number[] {
  return entries.map(({ id }) => id);
}
