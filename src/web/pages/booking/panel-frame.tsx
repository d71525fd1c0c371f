import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import type { BookedEvent, BookingFacts } from '../../generated/operations.ts';
import { Timeline } from './timeline.tsx';

export interface PanelProps {
  readonly booking: BookingFacts;
  readonly event: BookedEvent;
  readonly see: (booking: BookingFacts) => void;
  /** Where it was wished for: goes back to the choice of places. */
  readonly startAgain?: (() => void) | undefined;
}

interface FrameProps {
  readonly booking: BookingFacts;
  readonly heading: string;
  readonly children: ComponentChildren;
}

/** What stands around a state: its heading is said, and takes the focus of a button that is no more. */
export function PanelFrame({ booking, heading, children }: FrameProps) {
  const { announcements } = useApp();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    announcements.say(heading);
    if (document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [heading]);
  return (
    <section class={`panel ${booking.status.toLowerCase()}`} aria-labelledby="panel-heading">
      <h2 id="panel-heading" tabIndex={-1} ref={title}>
        {heading}
      </h2>
      {children}
      <Timeline booking={booking} />
    </section>
  );
}
