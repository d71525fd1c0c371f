import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import { type BookingFacts, CancelBooking } from '../../generated/operations.ts';
import { FailureLine } from '../../parts/failure-line.tsx';

interface Props {
  readonly booking: BookingFacts;
  readonly see: (booking: BookingFacts) => void;
  readonly label: string;
}

/** Gives places back, when that is meant. */
export function CancelBookingButton({ booking, see, label }: Props) {
  const { boxOffice, words } = useApp();
  const { say, count } = words;
  const [isAsked, ask] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const { insistence, failure, begin } = useInsistence();
  useEffect(() => {
    if (isAsked) keep.current?.focus();
  }, [isAsked]);
  const giveBack = () =>
    begin({
      ask: (signal) => boxOffice.ask(CancelBooking, { id: booking.id }, signal),
      answered: ({ cancelBooking }) => see(cancelBooking),
    });
  if (!isAsked) {
    return (
      <button class="link" type="button" onClick={() => ask(true)}>
        {label}
      </button>
    );
  }
  return (
    <fieldset class="sure">
      <legend>{count(say.booking.cancelSure, booking.quantity)}</legend>
      <FailureLine failure={failure} />
      <button class="button" type="button" aria-busy={insistence !== null} onClick={giveBack}>
        {say.booking.cancelYes}
      </button>
      <button class="button quiet" type="button" ref={keep} onClick={() => ask(false)}>
        {say.booking.cancelNo}
      </button>
    </fieldset>
  );
}
