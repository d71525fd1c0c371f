import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { TicketSchema } from '../tickets/ticket.entity.ts';

/** A redemption that was set back, as it was. Kept for ever: it also keeps a repeat of its scan from redeeming once more. */
export const CheckInUndoSchema = defineEntity({
  name: 'CheckInUndo',
  tableName: 'check_in_undos',
  properties: {
    id: p.integer().primary().autoincrement(),
    ticketId: () => p.manyToOne(TicketSchema).mapToPk().fieldName('ticket_id').index(false),
    reason: p.string().length(255),
    undoneAt: p.datetime(3),
    device: p.string().length(255).nullable(),
    nonce: p.string().length(255).nullable(),
    redeemedAt: p.datetime(3),
  },
  indexes: [{ name: 'check_in_undos_ticket', properties: ['ticketId', 'id'] }],
});

export type CheckInUndo = InferEntity<typeof CheckInUndoSchema>;
