import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useHydrated } from '../../app/use-hydrated.ts';
import type { SaleState } from '../../data/sale-state.ts';
import { useStore } from '../../data/store.ts';
import type { WishOfTab } from '../../data/use-wish.ts';
import { bookingWish } from '../../data/wishes.ts';
import type { EventFacts, Places } from '../../generated/operations.ts';
import { SignIn } from '../sign-in/sign-in.tsx';
import { ChoosePlaces } from './choose-places.tsx';
import { JoinWaiting } from './join-waiting-list.tsx';
import { OpensLater } from './opens-later.tsx';
import { Waiting } from './waiting.tsx';

interface Props {
  readonly state: SaleState;
  readonly event: EventFacts;
  readonly places: Places;
  readonly wished: WishOfTab;
  readonly askAgain: () => void;
}

/** What can be done with an event at present, by whoever looks at it. */
export function NextStep({ state, event, places, wished, askAgain }: Props) {
  const { boxOffice, words } = useApp();
  const { say } = words;
  const token = useStore(boxOffice.session.token);
  const live = useHydrated();
  const [ratherWaits, wait] = useState(false);
  const { wish, setWish, waitingId, setWaiting } = wished;
  const isAsking = wish?.asking === true;
  if (state === 'cancelled') return <Explained text={say.event.cancelledText} more={event.cancellationReason ?? ''} />;
  if (state === 'opensLater' && !isAsking) return <OpensLater event={event} />;
  if ((state === 'closed' || state === 'ended') && !isAsking) return <Explained text={say.refusal.NOT_ON_SALE} />;
  if (live && boxOffice.session.auth === 'jwt' && token === null) return <SignIn title={say.buy.signIn} />;
  if (waitingId) {
    const offered = (bookingId: string) => {
      setWaiting(null);
      setWish(bookingWish(bookingId));
    };
    return <Waiting entryId={waitingId} offered={offered} ended={() => setWaiting(null)} />;
  }
  if ((state === 'soldOut' && !isAsking) || ratherWaits) {
    return <JoinWaiting {...{ event, wish, askAgain, live }} joined={setWaiting} />;
  }
  return <ChoosePlaces {...{ event, places, wish, setWish, askAgain, live }} ratherWait={() => wait(true)} />;
}

function Explained({ text, more = '' }: { readonly text: string; readonly more?: string }) {
  return (
    <>
      <p>{text}</p>
      {more && <p>{more}</p>}
    </>
  );
}
