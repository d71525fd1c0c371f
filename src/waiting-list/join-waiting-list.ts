import { busy, eventNotFound } from '../bookings/refusals.ts';
import { check, parseId } from '../input-checks.ts';
import type { JoinDesks } from './join-group.ts';
import { JOIN_RULES, type JoinOutcome } from './waiting-wish.ts';

export interface JoinWaitingListInput {
  readonly eventId: string | number;
  readonly userId?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly holderName?: string | null | undefined;
  readonly email?: string | null | undefined;
}

export interface JoinParts {
  readonly desks: JoinDesks;
  readonly onBusy: () => void;
}

/**
 * Puts somebody at the end of an event's waiting list, when it has fewer places than they want. The answer comes after the
 * commit. Whoever is on the list already gets their entry unchanged, also when they ask for something else: a repeat is safe.
 * @throws BoxOfficeError BAD_USER_INPUT; SERVICE_UNAVAILABLE (the outcome may be unknown: a repeat is safe)
 */
export async function joinWaitingList(parts: JoinParts, input: JoinWaitingListInput): Promise<JoinOutcome> {
  const wish = check(JOIN_RULES, {
    userId: input.userId ?? '',
    quantity: input.quantity ?? 1,
    holderName: input.holderName ?? null,
    email: input.email ?? null,
  });
  const eventId = parseId(input.eventId);
  if (eventId === null) return eventNotFound();
  const outcome = (await parts.desks.submit(eventId, wish)) ?? busy();
  if (outcome.kind === 'refused' && outcome.code === 'BUSY') parts.onBusy();
  return outcome;
}
