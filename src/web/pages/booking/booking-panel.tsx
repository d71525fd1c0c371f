import { useNow } from '../../data/use-now.ts';
import { Ended } from './ended.tsx';
import { Final } from './final.tsx';
import { Held } from './held.tsx';
import type { PanelProps } from './panel-frame.tsx';
import { Pending } from './pending.tsx';

/** Our clock is not the server's to the second, and the news that a hold is over takes a moment. */
const GRACE_MS = 1_500;

/** A booking, in each of its states. */
export function BookingPanel(props: PanelProps) {
  const { booking } = props;
  const now = useNow(booking.status === 'HELD');
  const isOver = booking.expiresAt !== null && now > Date.parse(booking.expiresAt) + GRACE_MS;
  if (booking.status === 'HELD' && !isOver) return <Held {...props} />;
  if (booking.status === 'PENDING') return <Pending {...props} />;
  if (booking.status === 'FINALIZED') return <Final {...props} />;
  return <Ended {...props} status={booking.status === 'HELD' ? 'EXPIRED' : booking.status} />;
}
