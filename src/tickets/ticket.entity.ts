import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { BookingSchema } from '../bookings/booking.entity.ts';

export const TicketSchema = defineEntity({
  name: 'Ticket',
  tableName: 'tickets',
  properties: {
    id: p.integer().primary().autoincrement(),
    bookingId: () => p.manyToOne(BookingSchema).mapToPk().fieldName('booking_id').index(false),
    /** 1 to the booking's quantity. */
    serial: p.integer(),
    /** Unguessable: 130 random bits, behind the clock. */
    code: p.string().length(64),
    /** When it was shown at the door; null: not yet, or that was undone. The next three say more of it. */
    redeemedAt: p.datetime(3).nullable(),
    redeemedByDevice: p.string().length(255).nullable(),
    /** The device's own name for the scan, by which a repeat of it is known. */
    redeemedNonce: p.string().length(255).nullable(),
    /** The scan was made without a network and sent in later: an earlier one of that kind takes its place. */
    redeemedOffline: p.boolean().default(false),
    /** Grows with each of these changes. */
    version: p.integer().default(0),
  },
  uniques: [
    { name: 'tickets_serial_unique', properties: ['bookingId', 'serial'] },
    { name: 'tickets_code_unique', properties: ['code'] },
  ],
  checks: [{ name: 'tickets_serial_positive', expression: 'serial >= 1' }],
});

export type Ticket = InferEntity<typeof TicketSchema>;
