import { useState } from 'preact/hooks';
import { useHead } from '../../app/head.ts';
import type { PageProps } from '../../app/routes.ts';
import type { RequestFailed } from '../../data/request-failed.ts';
import { useWatched } from '../../data/use-watched.ts';
import { InTheHouseChanged } from '../../generated/operations.ts';
import { LoadingPage } from '../loading-page.tsx';
import { NotFoundPage } from '../not-found-page.tsx';
import { isRefusal, SignedInOnly } from '../sign-in/signed-in-only.tsx';
import { DeviceName } from './device-name.tsx';
import './door.css';
import { useDoorWords } from './door-words.ts';
import { OfflineScans } from './offline-scans.tsx';
import { Scanner } from './scanner.tsx';
import { type OpenDoor, useDoor } from './use-door.ts';

/** Where tickets are scanned, on an old phone, with a queue before it. */
export function DoorPage({ id }: PageProps) {
  const state = useDoor(id);
  if (state.isUnknown) return <NotFoundPage />;
  if (!state.open || isRefusal(state.failure)) return <ClosedDoor failure={state.failure} />;
  return <DoorAtWork {...state.open} />;
}

function ClosedDoor({ failure }: { readonly failure: RequestFailed | null }) {
  const { say } = useDoorWords();
  useHead(say.door);
  if (!failure) return <LoadingPage />;
  if (isRefusal(failure)) return <SignedInOnly title={say.signInTitle} text={say.signInText} />;
  return (
    <section class="notice">
      <h1>{say.door}</h1>
      <p role="status">{say.noAnswer}</p>
    </section>
  );
}

function DoorAtWork({ door, facts, house }: OpenDoor) {
  const { say, fill } = useDoorWords();
  const [counted, setCounted] = useState(house);
  const inside = counted ?? house;
  useHead(fill(say.ofEvent, { title: facts.title }));
  useWatched(
    InTheHouseChanged,
    { eventId: facts.id },
    { next: ({ checkInStatsChanged }) => setCounted(checkInStatsChanged) },
  );
  return (
    <div class="door">
      <header>
        <h1>{facts.title}</h1>
        {inside && (
          <p class="door-inside">{fill(say.inTheHouse, { in: inside.redeemedCount, all: inside.ticketCount })}</p>
        )}
        <DeviceName />
      </header>
      <OfflineScans door={door} timeZone={facts.timeZone} />
      <Scanner door={door} timeZone={facts.timeZone} />
    </div>
  );
}
