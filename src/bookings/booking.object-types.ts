import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '../http/graphql/connection.ts';
import { BOOKING_STATUSES, type BookingStatus } from './booking-status.ts';
import { MAIL_STATUSES, type MailStatus } from './mail-status.ts';
import { REFUSAL_CODES, type RefusalCode } from './refusals.ts';

export const BookingStatusEnum = Object.fromEntries(BOOKING_STATUSES.map((status) => [status, status]));
const MailStatusEnum = Object.fromEntries(MAIL_STATUSES.map((status) => [status, status]));
const BookingRefusalCodeEnum = Object.fromEntries(REFUSAL_CODES.map((code) => [code, code]));

registerEnumType(BookingStatusEnum, {
  name: 'BookingStatus',
  description: 'How far a booking is.',
  valuesConfig: {
    HELD: { description: 'Its places are held until expiresAt; confirmBooking books them.' },
    PENDING: { description: 'Booked; its tickets are being issued.' },
    FINALIZED: { description: 'Its tickets are issued.' },
    FAILED: { description: 'Its tickets could not be issued; the places were given back.' },
    CANCELLED: { description: 'Cancelled; the places were given back.' },
    EXPIRED: { description: 'Was not confirmed while it was HELD; the places were given back.' },
  },
});

registerEnumType(MailStatusEnum, {
  name: 'MailStatus',
  description: 'What became of the mail that says what became of a booking.',
  valuesConfig: {
    OWED: { description: 'It is sent as soon as the mail server takes it.' },
    SENT: { description: 'The mail server took it.' },
    REFUSED: { description: 'It is not sent any more; mailError says why.' },
    NOT_OWED: { description: 'No mails were sent when the booking came to its status.' },
  },
});

registerEnumType(BookingRefusalCodeEnum, {
  name: 'BookingRefusalCode',
  description: 'Why nothing was booked.',
  valuesConfig: {
    SOLD_OUT: { description: 'Fewer places are left than asked for; availableCount says how many.' },
    NOT_ON_SALE: { description: 'Before salesOpenAt, after salesCloseAt, CLOSED or CANCELLED.' },
    LIMIT_REACHED: { description: "The quantity is above maxPerBooking, or the user's total above maxPerUser." },
    EVENT_NOT_FOUND: { description: 'There is no such event.' },
    IDEMPOTENCY_KEY_REUSED: {
      description: 'The same user and key, but another event, quantity, name, e-mail address, hold or payment.',
    },
    BUSY: { description: 'Too many requests at once. Nothing was booked; try again after retryAfterMs.' },
    HOLDS_NOT_ALLOWED: { description: "The hold would be longer than the event's maxHoldSeconds." },
    HOLD_EXPIRED: { description: 'The hold is over, and its places are for sale again.' },
    NOT_HELD: { description: 'The booking is no hold, or is CANCELLED.' },
    PLACES_AVAILABLE: { description: 'Nobody has to wait: availableCount says how many places are left.' },
  },
});

@ObjectType('Booking', { description: 'Places of an event, booked by a user.' })
export class BookingType {
  @Field(() => ID, { description: 'Identifies the booking.' })
  id!: number;

  @Field(() => String, { description: 'Random and unguessable; what people read out.' })
  reference!: string;

  @Field(() => ID, { description: 'The booked event.' })
  eventId!: number;

  @Field(() => ID, { description: 'Who booked.' })
  userId!: string;

  @Field(() => Int, { description: 'Places of this booking.' })
  quantity!: number;

  @Field(() => BookingStatusEnum, { description: 'How far the booking is.' })
  status!: BookingStatus;

  @Field(() => String, { nullable: true, description: 'Why the booking is FAILED; null otherwise.' })
  failureReason!: string | null;

  @Field(() => Int, { description: 'Grows with every change of the booking.' })
  version!: number;

  @Field(() => Date, { description: 'When the places were booked.' })
  createdAt!: Date;

  @Field(() => String, { nullable: true, description: "The name on the tickets; null: nobody's." })
  holderName!: string | null;

  @Field(() => String, { nullable: true, description: "The buyer's e-mail address; null: none was given." })
  email!: string | null;

  @Field(() => MailStatusEnum, {
    nullable: true,
    description:
      'Of the mail about its status; null: it is PENDING, EXPIRED or held without an offer of the waiting list, or has no e-mail address.',
  })
  mailStatus!: MailStatus | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the mail server had against that mail when it was last tried; null: nothing.',
  })
  mailError!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the tickets were issued; null: not yet.' })
  finalizedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The payment that a hold was confirmed with; null: none was named.',
  })
  paymentReference!: string | null;
}

@ObjectType('BookingRefused', { description: 'An expected refusal: nothing was changed.' })
export class BookingRefusedType {
  @Field(() => BookingRefusalCodeEnum, { description: 'Why, for programs.' })
  code!: RefusalCode;

  @Field(() => String, { description: 'Why, for people.' })
  message!: string;

  @Field(() => Boolean, { description: 'Whether the same request may succeed later.' })
  retryable!: boolean;

  @Field(() => Int, { nullable: true, description: 'When to try again, in milliseconds; null unless retryable.' })
  retryAfterMs!: number | null;

  @Field(() => Int, { nullable: true, description: 'Places left, with SOLD_OUT and PLACES_AVAILABLE; null otherwise.' })
  availableCount!: number | null;
}

export const BookTicketResult = createUnionType({
  name: 'BookTicketResult',
  description: 'The booking, or why there is none.',
  types: () => [BookingType, BookingRefusedType] as const,
  resolveType: (value) => ('code' in value ? BookingRefusedType : BookingType),
});

export const { Connection: BookingConnection } = connectionType('Booking', () => BookingType);

@InputType('BookTicketInput', { description: 'A wish to book places.' })
export class BookTicketInputType {
  @Field(() => ID, { description: 'The event.' })
  eventId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The buyer, 1 to 255 characters. With authentication on it defaults to the token's subject.",
  })
  userId?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'Places wanted; at least 1.' })
  quantity?: number | null;

  @Field(() => String, { nullable: true, description: 'The name to print on the tickets, 1 to 200 characters.' })
  holderName?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "1 to the event's maxHoldSeconds: the booking is HELD for so long; null: PENDING at once.",
  })
  holdSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The e-mail address to which tickets, or what became of them, are sent; at most 254 characters.',
  })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. A repeat of the same request returns the same booking.',
  })
  idempotencyKey?: string | null;
}
