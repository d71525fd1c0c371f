import type { EntryNow } from '../../src/bookings/offers/waiting-list-queries.ts';
import type { Container } from '../../src/container.ts';
import type { JoinOutcome } from '../../src/waiting-list/waiting-wish.ts';

/** The entry of somebody who is on the list. */
export function entryOf(outcome: JoinOutcome): EntryNow {
  if (outcome.kind === 'waiting') return outcome.entry;
  throw new Error(`not on the list: ${outcome.code}`);
}

export async function join(
  { joinWaitingList }: Pick<Container, 'joinWaitingList'>,
  eventId: number,
  userId: string,
  quantity = 1,
): Promise<EntryNow> {
  return entryOf(await joinWaitingList({ eventId, userId, quantity }));
}
