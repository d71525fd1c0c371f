import { useApp } from '../../app/app-context.ts';
import { type SaleState, saleState } from '../../data/sale-state.ts';
import { useNow } from '../../data/use-now.ts';
import { useWish } from '../../data/use-wish.ts';
import type { EventFacts, Places } from '../../generated/operations.ts';
import { PlacesLeft } from '../../parts/places-left.tsx';
import { SaleStateLine } from '../../parts/sale-state-line.tsx';
import { NextStep } from './next-step.tsx';
import { WishedBooking } from './wished-booking.tsx';

interface Props {
  readonly event: EventFacts;
  readonly places: Places;
  readonly askAgain: () => void;
}

/** The purchase, from the choice of places to the tickets. A reload goes on where it was. */
export function Purchase({ event, places, askAgain }: Props) {
  const wished = useWish(event.id);
  const { wish, setWish } = wished;
  const now = useNow(wish === null);
  const state = saleState(event, places.availableCount, now);
  if (wish?.bookingId) {
    return <WishedBooking event={event} bookingId={wish.bookingId} startAgain={() => setWish(null)} />;
  }
  return (
    <section class="purchase stub stub-down" aria-labelledby="purchase-heading">
      <div class="stub-body">
        <Availability state={state} event={event} places={places} />
      </div>
      <div class="stub-tear">
        <NextStep {...{ state, event, places, wished, askAgain }} />
      </div>
    </section>
  );
}

function Availability({ state, event, places }: { state: SaleState; event: EventFacts; places: Places }) {
  const { say } = useApp().words;
  const sells = state === 'onSale' || state === 'opensLater' || state === 'soldOut';
  return (
    <>
      <h2 id="purchase-heading" class="only-heard">
        {say.buy.heading}
      </h2>
      {sells && <PlacesLeft places={places} />}
      {state !== 'onSale' && <SaleStateLine state={state} event={event} />}
      <noscript>
        <p>{say.event.needsScript}</p>
      </noscript>
    </>
  );
}
