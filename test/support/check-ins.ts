import type { Container } from '../../src/container.ts';
import type { CheckInOutcome } from '../../src/door/scan.ts';
import { TicketSchema } from '../../src/tickets/ticket.entity.ts';

/** `checked in`, `replayed`, or the code of the refusal. */
export function answerOf(outcome: CheckInOutcome): string {
  if (outcome.kind === 'refused') return outcome.code;
  return outcome.replayed ? 'replayed' : 'checked in';
}

/** How often each answer was given. */
export function tallyOfDoor(outcomes: readonly CheckInOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[answerOf(outcome)] = (counts[answerOf(outcome)] ?? 0) + 1;
  return counts;
}

/** What the row of a ticket says of its redemption. */
export async function redemptionOf({ db }: Container, id: number) {
  const { redeemedAt, redeemedByDevice, redeemedNonce, redeemedOffline } = await db
    .em()
    .findOneOrFail(TicketSchema, { id });
  return { redeemedAt, redeemedByDevice, redeemedNonce, redeemedOffline };
}

export async function redeemedCount({ events }: Container, eventId: number): Promise<number | undefined> {
  return (await events.find(eventId))?.redeemedCount;
}
