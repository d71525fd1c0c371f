import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Ticket } from '../tickets/ticket.entity.ts';
import { TicketType } from '../tickets/ticket.resolver.ts';
import { CHECK_IN_REFUSAL_CODES, type CheckInRefusalCode } from './check-in-refusals.ts';

const CheckInRefusalCodeEnum = Object.fromEntries(CHECK_IN_REFUSAL_CODES.map((code) => [code, code]));

registerEnumType(CheckInRefusalCodeEnum, {
  name: 'CheckInRefusalCode',
  description: 'Why a ticket does not let its holder in.',
  valuesConfig: {
    ALREADY_REDEEMED: { description: 'It was used before; redeemedAt and deviceId say when and where.' },
    CANCELLED: { description: 'Its booking was cancelled.' },
    UNKNOWN_TICKET: { description: 'There is no such ticket.' },
    WRONG_EVENT: { description: 'It is for another event.' },
    NOT_FINALIZED: { description: 'Its booking is not final.' },
    BAD_SIGNATURE: { description: 'The QR payload is none of this box office.' },
  },
});

@ObjectType('CheckedIn', { description: 'The ticket lets its holder in.' })
class CheckedInType {
  @Field(() => TicketType, { description: 'The ticket, as it is now.' })
  ticket!: Ticket;

  @Field(() => Boolean, { description: 'Whether the same scan, by its device and nonce, was answered so before.' })
  replayed!: boolean;
}

@ObjectType('CheckInRefused', { description: 'An expected refusal: nothing was changed.' })
class CheckInRefusedType {
  @Field(() => CheckInRefusalCodeEnum, { description: 'Why, for programs.' })
  code!: CheckInRefusalCode;

  @Field(() => String, { description: 'Why, for people.' })
  message!: string;

  @Field(() => Date, { nullable: true, description: 'When the ticket was used; null: it was not.' })
  redeemedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The device that let its holder in; null: none did.' })
  deviceId!: string | null;

  @Field(() => TicketType, { nullable: true, description: 'null when there is none.' })
  ticket!: Ticket | null;
}

export const CheckInResult = createUnionType({
  name: 'CheckInResult',
  description: 'Whether the holder may come in.',
  types: () => [CheckedInType, CheckInRefusedType] as const,
  resolveType: (value) => ('code' in value ? CheckInRefusedType : CheckedInType),
});

@ObjectType('CheckInStats', { description: 'How many have come in.' })
export class CheckInStatsType {
  @Field(() => ID, { description: 'The event these numbers belong to.' })
  eventId!: number;

  @Field(() => Int, { description: 'Tickets of FINALIZED bookings.' })
  ticketCount!: number;

  @Field(() => Int, {
    description: 'Tickets that were used, also those of bookings that were cancelled after that: who came in is in.',
  })
  redeemedCount!: number;
}

@InputType('CheckInInput', { description: 'A scan of a ticket: exactly one of code and qrPayload.' })
export class CheckInInputType {
  @Field(() => ID, { description: 'The event whose door it is.' })
  eventId!: string;

  @Field(() => String, { nullable: true, description: 'The code of the ticket, as it is printed.' })
  code?: string | null;

  @Field(() => String, { nullable: true, description: 'What its QR code says.' })
  qrPayload?: string | null;

  @Field(() => String, { description: 'The scanner, 1 to 255 characters.' })
  deviceId!: string;

  @Field(() => String, {
    description:
      'Another for each scan of the device, such as a UUID; 1 to 255 characters. A repeat is answered the same.',
  })
  nonce!: string;
}

@InputType('OfflineScanInput', { description: 'A scan that was made without a network.' })
export class OfflineScanInputType {
  @Field(() => String, { description: 'What the QR code says.' })
  qrPayload!: string;

  @Field(() => String, { description: 'The scanner, 1 to 255 characters.' })
  deviceId!: string;

  @Field(() => String, { description: 'Another for each scan of the device; 1 to 255 characters.' })
  nonce!: string;

  @Field(() => Date, {
    description: "When, by the scanner's clock. More than 5 minutes ahead of ours it counts as now.",
  })
  scannedAt!: Date;
}
