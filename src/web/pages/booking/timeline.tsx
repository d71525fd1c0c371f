import { useApp } from '../../app/app-context.ts';
import type { BookingFacts, BookingStatus } from '../../generated/operations.ts';

interface Step {
  readonly status: BookingStatus;
  readonly at: string | null;
}

/** What has happened to a booking so far, and when. */
export function Timeline({ booking }: { readonly booking: BookingFacts }) {
  const { boxOffice, words } = useApp();
  const { say, times, fill } = words;
  const nowMs = boxOffice.clock.now();
  const steps = stepsOf(booking);
  return (
    <ol class="timeline" aria-label={say.booking.timeline}>
      {steps.map(({ status, at }) => (
        <li key={status} aria-current={status === booking.status ? 'step' : undefined}>
          <span>{say.booking.steps[status]}</span>
          {at && <time dateTime={at}>{times.recent(at, nowMs)}</time>}
          {status === 'HELD' && booking.expiresAt && (
            <small>{fill(say.booking.until, { time: times.recent(booking.expiresAt, nowMs) })}</small>
          )}
        </li>
      ))}
    </ol>
  );
}

function stepsOf({ status, createdAt, finalizedAt }: BookingFacts): Step[] {
  if (status === 'HELD') return [{ status, at: createdAt }];
  const booked: Step = { status: 'PENDING', at: createdAt };
  if (status === 'PENDING') return [booked];
  const issued: Step[] = finalizedAt ? [{ status: 'FINALIZED', at: finalizedAt }] : [];
  if (status === 'FINALIZED') return [booked, ...issued];
  return [status === 'EXPIRED' ? { ...booked, status: 'HELD' } : booked, ...issued, { status, at: null }];
}
