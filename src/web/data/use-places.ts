import { useEffect, useState } from 'preact/hooks';
import { type Places, PlacesChanged } from '../generated/operations.ts';
import { newest } from './newest.ts';
import { useWatched } from './use-watched.ts';

interface Options {
  readonly watch: boolean;
  /** The event itself may have been edited: its numbers have a new version, and some of them are as before. */
  readonly edited?: () => void;
}

/** How many places are left, live. @param known the numbers that came with the event */
export function usePlaces(known: Places, { watch, edited }: Options): Places {
  const [places, show] = useState(known);
  useEffect(() => show((shown) => newest(shown, known)), [known]);
  useWatched(PlacesChanged, watch ? { eventId: known.eventId } : null, {
    next: ({ eventStatsChanged: arrived }) =>
      show((shown) => {
        const { availableCount, capacity, version } = shown;
        const isEdit = arrived.capacity !== capacity || arrived.availableCount === availableCount;
        if (edited && isEdit && arrived.version > version) edited();
        return newest(shown, arrived);
      }),
  });
  return places;
}
