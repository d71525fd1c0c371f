import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql';
import { requiredOwner } from '../auth/permissions.ts';
import { BookTicketResult } from '../bookings/booking.object-types.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { parseId } from '../input-checks.ts';
import type { HoldContext } from './hold-use-cases.ts';

@Resolver()
export class HoldResolver {
  @Mutation(() => BookTicketResult, {
    description:
      'Books the places of a hold: HELD becomes PENDING, once. A booking that was confirmed is returned as it is now, ' +
      'whatever the key; its paymentReference says by which payment.',
  })
  async confirmBooking(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Ctx() { useCases, viewer }: HoldContext,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description:
        "1 to 255 characters, such as the payment's id. With the same key, but another payment, it is refused.",
    })
    idempotencyKey?: string | null,
    @Arg('paymentReference', () => String, {
      nullable: true,
      description: 'What the payment is known by at its provider, 1 to 255 characters.',
    })
    paymentReference?: string | null,
  ) {
    const owner = requiredOwner(viewer, 'confirmBooking');
    return resultOf(await useCases.confirmBooking(parseId(id), { idempotencyKey, paymentReference }, owner));
  }

  @Mutation(() => BookTicketResult, {
    description: 'Makes a hold end so many seconds from now, and never earlier than it would have ended.',
  })
  async extendHold(
    @Arg('id', () => ID, { description: 'The booking.' }) id: string,
    @Arg('holdSeconds', () => Int, { description: "From now; 1 to the event's maxHoldSeconds." }) holdSeconds: number,
    @Ctx() { useCases, viewer }: HoldContext,
  ) {
    return resultOf(await useCases.extendHold(parseId(id), holdSeconds, requiredOwner(viewer, 'extendHold')));
  }
}

function resultOf(outcome: BookingOutcome) {
  return outcome.kind === 'booked' ? outcome.booking : outcome;
}
