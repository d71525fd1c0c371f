import { useState } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import { useNow } from '../../data/use-now.ts';
import { CancelBookingButton } from './cancel-booking-button.tsx';
import { PanelFrame, type PanelProps } from './panel-frame.tsx';

/** Nobody looks at something that turns for longer without a word. */
const LONG_MS = 10_000;

/** Its tickets are being issued. */
export function Pending({ booking, see }: PanelProps) {
  const { say } = useWords();
  const now = useNow();
  const [since] = useState(now);
  const isLong = now - since > LONG_MS;
  return (
    <PanelFrame booking={booking} heading={say.booking.pending}>
      <progress class="working" aria-label={say.booking.pending} />
      <p>{isLong ? say.booking.pendingLong : say.booking.pendingText}</p>
      <CancelBookingButton {...{ booking, see }} label={say.booking.cancel} />
    </PanelFrame>
  );
}
