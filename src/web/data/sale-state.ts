import type { EventStatus } from '../generated/operations.ts';

export type SaleState = 'cancelled' | 'closed' | 'opensLater' | 'ended' | 'soldOut' | 'onSale';

interface Sale {
  readonly status: EventStatus;
  readonly salesOpenAt: string | null;
  readonly salesCloseAt: string | null;
}

/** @param nowMs by the server's clock */
export function saleState(
  { status, salesOpenAt, salesCloseAt }: Sale,
  availableCount: number,
  nowMs: number,
): SaleState {
  if (status === 'CANCELLED') return 'cancelled';
  if (status === 'CLOSED') return 'closed';
  if (salesOpenAt && nowMs < Date.parse(salesOpenAt)) return 'opensLater';
  if (salesCloseAt && nowMs >= Date.parse(salesCloseAt)) return 'ended';
  return availableCount > 0 ? 'onSale' : 'soldOut';
}
