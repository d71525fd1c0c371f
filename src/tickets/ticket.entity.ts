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
    redeemedAt: p.datetime(3).nullable(),
  },
  uniques: [
    { name: 'tickets_serial_unique', properties: ['bookingId', 'serial'] },
    { name: 'tickets_code_unique', properties: ['code'] },
  ],
  checks: [{ name: 'tickets_serial_positive', expression: 'serial >= 1' }],
});

export type Ticket = InferEntity<typeof TicketSchema>;
