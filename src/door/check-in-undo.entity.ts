import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { TicketSchema } from '../tickets/ticket.entity.ts';

/** A redemption that was set back, as it was. Kept for ever: it also keeps a repeat of its scan from redeeming once more. */
export const CheckInUndoSchema = defineEntity({
  name: 'CheckInUndo',
  tableName: 'check_in_undos',
  properties: {
    ticketId: () => p.manyToOne(TicketSchema).mapToPk().fieldName('ticket_id').primary().index(false),
    /** Of the ticket while it was redeemed: another each time. */
    ticketVersion: p.integer().primary(),
    reason: p.string().length(255),
    undoneAt: p.datetime(3),
    device: p.string().length(255).nullable(),
    nonce: p.string().length(255).nullable(),
    redeemedAt: p.datetime(3),
  },
});

export type CheckInUndo = InferEntity<typeof CheckInUndoSchema>;
