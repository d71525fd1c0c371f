import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { EventSchema } from '../events/event.entity.ts';
import type { BookingStatus } from './booking-status.ts';
import type { MailStatus } from './mail-status.ts';

export const BookingSchema = defineEntity({
  name: 'Booking',
  tableName: 'bookings',
  properties: {
    id: p.integer().primary().autoincrement(),
    /** Random and unguessable; what people read out. */
    reference: p.string().length(32),
    eventId: () => p.manyToOne(EventSchema).mapToPk().fieldName('event_id').index(false),
    userId: p.string().length(255),
    quantity: p.integer(),
    status: p.string().length(16).$type<BookingStatus>(),
    idempotencyKey: p.string().length(255).nullable(),
    /** What the request asked for, so that a reused key with another payload is recognised. */
    fingerprint: p.string().length(64),
    failureReason: p.string().length(255).nullable(),
    version: p.integer(),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    finalizedAt: p.datetime(3).nullable(),
    /** How often the issuer has failed for this booking. Only the worker reads it. */
    attempts: p.integer().default(0).lazy(),
    /** Whoever finds the booking PENDING leaves it alone until then: it is claimed, or its next try is later. null: see its age. */
    dueAt: p.datetime(3).nullable().lazy(),
    /** The name that the tickets are for; null: none was given. */
    holderName: p.string().length(200).nullable(),
    /** Where its mails go; null: none was given, and it has none. */
    email: p.string().length(254).nullable(),
    /** Of the mail about its status; null: it has no address, or its status is told nobody. */
    mailStatus: p.string().length(16).$type<MailStatus>().nullable(),
    /** What the mail server has against that mail, as of its last try. */
    mailError: p.string().length(255).nullable(),
    /** Tries to send it that were begun and not found to be the mail server's fault. */
    mailAttempts: p.integer().default(0).lazy(),
    /** While it is OWED: nobody sends it until then. Else null. */
    mailDueAt: p.datetime(3).nullable().lazy(),
    /** Of one that was made as a hold: until when it is HELD, by the database's clock. It stays when the booking moves on. */
    expiresAt: p.datetime(3).nullable(),
    /** When a hold was confirmed, by the database's clock; null: it never was, or was no hold. */
    confirmedAt: p.datetime(3).nullable(),
    /** The idempotency key it was confirmed with. */
    confirmationKey: p.string().length(255).nullable(),
    /** What its buyer's payment is known by elsewhere. */
    paymentReference: p.string().length(255).nullable(),
    /** Of the waiting list, whom it was offered to; null: it was booked by itself. */
    waitingListEntryId: p.integer().nullable(),
  },
  uniques: [
    { name: 'bookings_reference_unique', properties: ['reference'] },
    {
      name: 'bookings_key_unique',
      properties: ['userId', 'idempotencyKey'],
      where: 'idempotency_key is not null',
    },
    {
      name: 'bookings_waiting_list_entry',
      properties: ['waitingListEntryId'],
      where: 'waiting_list_entry_id is not null',
    },
  ],
  // What each is for: docs/decisions/0007-an-index-for-every-filter.md
  indexes: [
    { name: 'bookings_event_page', properties: ['eventId', 'id'] },
    { name: 'bookings_status_page', properties: ['status', 'id'] },
    { name: 'bookings_event_status_page', properties: ['status', 'eventId', 'id'] },
    { name: 'bookings_user_pending_page', properties: ['userId', 'id'], where: "status = 'PENDING'" },
    { name: 'bookings_user_status_page', properties: ['userId', 'status', 'id'], where: "status <> 'PENDING'" },
    {
      name: 'bookings_event_user_pending_page',
      properties: ['eventId', 'userId', 'id', 'quantity'],
      where: "status = 'PENDING'",
    },
    {
      name: 'bookings_event_user_status_page',
      properties: ['eventId', 'userId', 'status', 'id', 'quantity'],
      where: "status <> 'PENDING'",
    },
    { name: 'bookings_next_due', properties: ['dueAt'], where: "status = 'PENDING' and due_at is not null" },
    { name: 'bookings_mail_due', properties: ['mailDueAt'], where: 'mail_due_at is not null' },
    { name: 'bookings_next_expiry', properties: ['expiresAt', 'eventId'], where: "status = 'HELD'" },
    {
      name: 'bookings_sales',
      properties: ['eventId', 'createdAt', 'quantity'],
      where: "status = 'FINALIZED'",
    },
    { name: 'bookings_event_expiry', properties: ['eventId', 'expiresAt', 'id'], where: "status = 'HELD'" },
  ],
  checks: [
    { name: 'bookings_quantity_positive', expression: 'quantity >= 1' },
    {
      name: 'bookings_status_known',
      expression: "status in ('HELD', 'PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED')",
    },
  ],
});

export type Booking = InferEntity<typeof BookingSchema>;

/** @param userId null: anybody */
export function belongsTo(booking: Pick<Booking, 'userId'>, userId: string | null): boolean {
  return userId === null || booking.userId === userId;
}

/** null: it is not HELD. */
export function heldUntil({ status, expiresAt }: Pick<Booking, 'status' | 'expiresAt'>): Date | null {
  return status === 'HELD' ? (expiresAt ?? null) : null;
}
