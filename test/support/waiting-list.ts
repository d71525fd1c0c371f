import { WaitingListEntrySchema } from '../../src/bookings/offers/waiting-list-entry.entity.ts';
import type { EntryNow } from '../../src/bookings/offers/waiting-list-queries.ts';
import type { Container } from '../../src/container.ts';
import { insertEntries } from '../../src/waiting-list/entry-store.ts';
import type { JoinOutcome } from '../../src/waiting-list/waiting-wish.ts';

/** The entry of somebody who is on the list. */
export function entryOf(outcome: JoinOutcome): EntryNow {
  if (outcome.kind === 'waiting') return outcome.entry;
  throw new Error(`not on the list: ${outcome.code}`);
}

/** Puts so many at the end of a list at once. @returns their ids, in their order */
export async function joinMany({ db }: Pick<Container, 'db'>, eventId: number, count: number): Promise<number[]> {
  const users = Array.from({ length: count }, (_, n) => `waiting-${n}`);
  const wishes = users.map((userId) => ({ userId, quantity: 1, holderName: null, email: null }));
  return (await insertEntries(db, eventId, wishes, new Date())).map(({ id }) => id);
}

/** In the order of the ids, with how often each status comes one after the other. */
export async function statusesOfAll({ db }: Pick<Container, 'db'>, eventId: number): Promise<[string, number][]> {
  const rows = await db.em().find(WaitingListEntrySchema, { eventId }, { orderBy: { id: 'asc' } });
  const runs: [string, number][] = [];
  for (const { status } of rows) {
    const last = runs.at(-1);
    if (last?.[0] === status) last[1]++;
    else runs.push([status, 1]);
  }
  return runs;
}

export async function join(
  { joinWaitingList }: Pick<Container, 'joinWaitingList'>,
  eventId: number,
  userId: string,
  quantity = 1,
): Promise<EntryNow> {
  return entryOf(await joinWaitingList({ eventId, userId, quantity }));
}
