import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const WAITING_LIST_STATUSES = ['WAITING', 'OFFERED', 'CONVERTED', 'LAPSED', 'LEFT'] as const;
export type WaitingListStatus = (typeof WAITING_LIST_STATUSES)[number];

/** Whether nothing becomes of an entry in this status any more. */
export function hasEnded(status: WaitingListStatus): boolean {
  return status !== 'WAITING' && status !== 'OFFERED';
}

/**
 * Somebody who wants places of an event that has none. The lower of two ids is before the other. An offer is the booking that
 * has the entry's id. Without a foreign key: joining touches no row but this one, and no event is ever deleted.
 */
export const WaitingListEntrySchema = defineEntity({
  name: 'WaitingListEntry',
  tableName: 'waiting_list',
  properties: {
    id: p.integer().primary().autoincrement(),
    eventId: p.integer(),
    userId: p.string().length(255),
    quantity: p.integer(),
    status: p.string().length(16).$type<WaitingListStatus>(),
    /** For the tickets and the mails of the booking that is offered, as with any other. */
    holderName: p.string().length(200).nullable(),
    email: p.string().length(254).nullable(),
    /** Grows with every change of the status. */
    version: p.integer(),
    /** By the database's clock, as `offeredAt`. */
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    /** By the database's clock; null: nothing was offered to it. */
    offeredAt: p.datetime(3).nullable(),
  },
  uniques: [
    {
      name: 'waiting_list_active_user',
      properties: ['eventId', 'userId'],
      where: "status in ('WAITING', 'OFFERED')",
    },
  ],
  indexes: [
    { name: 'waiting_list_next', properties: ['eventId', 'quantity', 'id'], where: "status = 'WAITING'" },
    { name: 'waiting_list_waiting', properties: ['eventId', 'id'], where: "status = 'WAITING'" },
    { name: 'waiting_list_user', properties: ['userId', 'id'] },
  ],
  checks: [
    { name: 'waiting_list_quantity_positive', expression: 'quantity >= 1' },
    {
      name: 'waiting_list_status_known',
      expression: "status in ('WAITING', 'OFFERED', 'CONVERTED', 'LAPSED', 'LEFT')",
    },
  ],
});

export type WaitingListEntry = InferEntity<typeof WaitingListEntrySchema>;
