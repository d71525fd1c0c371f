import { useLayoutEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useHydrated } from '../../app/use-hydrated.ts';
import { type SaleState, saleState } from '../../data/sale-state.ts';
import { useStore } from '../../data/store.ts';
import { useNow } from '../../data/use-now.ts';
import type { Wish } from '../../data/wishes.ts';
import type { EventFacts, Places } from '../../generated/operations.ts';
import { PlacesLeft } from '../../parts/places-left.tsx';
import { SaleStateLine } from '../../parts/sale-state-line.tsx';
import { SignIn } from '../sign-in/sign-in.tsx';
import { ChoosePlaces } from './choose-places.tsx';
import { OpensLater } from './opens-later.tsx';
import { WishedBooking } from './wished-booking.tsx';

interface Props {
  readonly event: EventFacts;
  readonly places: Places;
  readonly askAgain: () => void;
}

/** The purchase, from the choice of places to the tickets. A reload goes on where it was. */
export function Purchase({ event, places, askAgain }: Props) {
  const [wish, setWish] = useWish(event.id);
  const now = useNow(wish === null);
  const state = saleState(event, places.availableCount, now);
  if (wish?.bookingId) {
    const startAgain = () => setWish(null);
    return <WishedBooking event={event} bookingId={wish.bookingId} startAgain={startAgain} />;
  }
  return (
    <section class="purchase stub stub-down" aria-labelledby="purchase-heading">
      <div class="stub-body">
        <Availability state={state} event={event} places={places} />
      </div>
      <div class="stub-tear">
        <NextStep state={wish?.asking ? 'onSale' : state} {...{ event, places, wish, setWish, askAgain }} />
      </div>
    </section>
  );
}

/** What this tab wants of the event; null until somebody has said so. */
function useWish(eventId: string): [Wish | null, (wish: Wish | null) => void] {
  const { wishes } = useApp().boxOffice;
  const [wish, show] = useState<Wish | null>(null);
  useLayoutEffect(() => show(wishes.of(eventId)), [eventId]);
  return [
    wish,
    (changed) => {
      wishes.keep(eventId, changed);
      show(changed);
    },
  ];
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

interface NextStepProps extends Props {
  readonly state: SaleState;
  readonly wish: Wish | null;
  readonly setWish: (wish: Wish | null) => void;
}

function NextStep({ state, event, places, wish, setWish, askAgain }: NextStepProps) {
  const { boxOffice, words } = useApp();
  const { say } = words;
  const token = useStore(boxOffice.session.token);
  const hydrated = useHydrated();
  if (state === 'cancelled') return <Explained text={say.event.cancelledText} more={event.cancellationReason ?? ''} />;
  if (state === 'opensLater') return <OpensLater event={event} />;
  if (state === 'closed' || state === 'ended') return <Explained text={say.refusal.NOT_ON_SALE} />;
  if (state === 'soldOut' && !wish) return <Explained text={say.buy.soldOutText} />;
  if (hydrated && boxOffice.session.auth === 'jwt' && token === null) return <SignIn title={say.buy.signIn} />;
  return <ChoosePlaces {...{ event, places, wish, setWish, askAgain }} live={hydrated} />;
}

function Explained({ text, more = '' }: { readonly text: string; readonly more?: string }) {
  return (
    <>
      <p>{text}</p>
      {more && <p>{more}</p>}
    </>
  );
}
