import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import { keyFor, type Wish } from '../../data/wishes.ts';
import type { EventFacts, Places } from '../../generated/operations.ts';
import { AskingButton } from '../../parts/asking-button.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { Refused } from './refused.tsx';
import { Stepper } from './stepper.tsx';
import { holdSecondsOf, useReserve } from './use-reserve.ts';

interface Props {
  readonly event: EventFacts;
  readonly places: Places;
  readonly wish: Wish | null;
  readonly setWish: (wish: Wish | null) => void;
  readonly askAgain: () => void;
  /** Whether it can be used already. */
  readonly live: boolean;
}

const DEFAULT_QUANTITY = 2;

/** How many places, for whom, and the button that reserves them. */
export function ChoosePlaces({ event, places, wish, setWish, askAgain, live }: Props) {
  const { say, count, fill, times } = useWords();
  const most = Math.min(event.maxPerBooking, event.maxPerUser ?? event.maxPerBooking);
  const [quantity, choose] = useState(() =>
    Math.min(wish?.quantity ?? Math.min(DEFAULT_QUANTITY, Math.max(1, places.availableCount)), most),
  );
  const form = useRef<HTMLFormElement>(null);
  const { insistence, refusal, failure, reserve, stop } = useReserve(event, { setWish, askAgain });
  // The tab was reloaded, or closed and opened again, while it asked.
  useEffect(() => {
    if (live && wish?.asking && !insistence) reserve(wish);
  }, [live, wish]);
  const asked = (wanted: number) => {
    const field = (name: string) => String(new FormData(form.current ?? undefined).get(name) ?? '').trim();
    const choice = { quantity: wanted, holderName: field('name'), email: field('email') };
    choose(wanted);
    reserve({ ...choice, key: keyFor(wish, choice), asking: true, bookingId: null });
  };
  return (
    <form
      class="choose needs-script"
      ref={form}
      onSubmit={(submit) => {
        submit.preventDefault();
        if (live && !insistence) asked(quantity);
      }}
    >
      <Stepper {...{ quantity, most, choose }} locked={insistence !== null} />
      <label class="field">
        <span>
          {say.buy.name} <small>{say.buy.optional}</small>
        </span>
        <input name="name" autoComplete="name" maxLength={200} defaultValue={wish?.holderName} />
      </label>
      <label class="field">
        <span>
          {say.buy.email} <small>{say.buy.optional}</small>
        </span>
        <input name="email" type="email" autoComplete="email" maxLength={254} defaultValue={wish?.email} />
      </label>
      {refusal && <Refused {...{ refusal, quantity, places }} take={asked} />}
      <FailureLine failure={failure} />
      <AskingButton
        insistence={insistence}
        label={count(say.buy.reserve, quantity)}
        asking={count(say.buy.asking, quantity)}
        stop={() => {
          stop();
          if (wish) setWish({ ...wish, asking: false });
        }}
      />
      <p class="hint">
        {event.maxHoldSeconds > 0 ? fill(say.buy.heldFor, { time: times.span(holdSecondsOf(event)) }) : say.buy.atOnce}
        {event.maxPerUser !== null && ` ${count(say.event.limit, event.maxPerUser)}`}
      </p>
    </form>
  );
}
