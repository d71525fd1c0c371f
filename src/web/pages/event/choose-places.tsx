import { useEffect } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import { keyFor, type Wish } from '../../data/wishes.ts';
import type { EventFacts, Places } from '../../generated/operations.ts';
import { AskingButton } from '../../parts/asking-button.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { PlacesForm } from './places-form.tsx';
import { Refused } from './refused.tsx';
import { holdSecondsOf, useReserve } from './use-reserve.ts';

interface Props {
  readonly event: EventFacts;
  readonly places: Places;
  readonly wish: Wish | null;
  readonly setWish: (wish: Wish | null) => void;
  readonly askAgain: () => void;
  /** Than to take fewer. */
  readonly ratherWait: () => void;
  /** Whether it can be used already. */
  readonly live: boolean;
}

const DEFAULT_QUANTITY = 2;

/** How many places, for whom, and the button that reserves them. */
export function ChoosePlaces({ event, places, wish, setWish, askAgain, ratherWait, live }: Props) {
  const { say, count, fill, times } = useWords();
  const { insistence, refusal, failure, reserve, stop } = useReserve(event, { setWish, askAgain });
  // The tab was reloaded, or closed and opened again, while it asked.
  useEffect(() => {
    if (live && wish?.asking && !insistence) reserve(wish);
  }, [live, wish]);
  const quantity = Math.min(DEFAULT_QUANTITY, Math.max(1, places.availableCount));
  const stopAsking = () => {
    stop();
    if (wish) setWish({ ...wish, asking: false });
  };
  return (
    <PlacesForm
      event={event}
      begin={wish ?? { quantity, holderName: '', email: '' }}
      locked={!live || insistence !== null}
      submit={(choice) => reserve({ ...choice, key: keyFor(wish, choice), asking: true, bookingId: null })}
    >
      {(chosen, take) => (
        <>
          {refusal && <Refused {...{ refusal, places, take, ratherWait }} quantity={chosen} />}
          <FailureLine failure={failure} />
          <AskingButton
            insistence={insistence}
            label={count(say.buy.reserve, chosen)}
            asking={count(say.buy.asking, chosen)}
            stop={stopAsking}
          />
          <p class="hint">
            {event.maxHoldSeconds > 0
              ? fill(say.buy.heldFor, { time: times.span(holdSecondsOf(event)) })
              : say.buy.atOnce}
            {event.maxPerUser !== null && ` ${count(say.event.limit, event.maxPerUser)}`}
          </p>
        </>
      )}
    </PlacesForm>
  );
}
