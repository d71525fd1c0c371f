import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { RequestFailed } from '../../data/request-failed.ts';
import { useStore } from '../../data/store.ts';
import { DoorEvent, type DoorFacts, type InTheHouse } from '../../generated/operations.ts';
import { deviceName } from './device.ts';
import { Door } from './door.ts';
import { keepPage } from './offline.ts';
import { openScanStore, type ScanStore } from './scan-store.ts';
import type { TicketKey } from './ticket-payload.ts';

const RETRY_MS = 4_000;
const KEYS_URL = '/.well-known/boxoffice-keys.json';
/** Whatever waits is tried again so often: not every browser says that its network is back. */
const SEND_EVERY_MS = 5_000;

export interface OpenDoor {
  readonly door: Door;
  readonly facts: DoorFacts;
  /** null: not known without a network. */
  readonly house: InTheHouse | null;
}

export interface DoorState {
  readonly open: OpenDoor | null;
  readonly isUnknown: boolean;
  readonly failure: RequestFailed | null;
}

/** The door of an event, from the box office or, without a network, from what this device has kept of it. */
export function useDoor(eventId: string): DoorState {
  const { boxOffice } = useApp();
  const token = useStore(boxOffice.session.token);
  const [state, setState] = useState<DoorState>({ open: null, isUnknown: false, failure: null });
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let keys: readonly TicketKey[] | null = null;
    const open = async () => {
      const store = await openScanStore().catch(() => null);
      const door = new Door({ boxOffice, eventId, deviceId: deviceName, store, keys: () => keys });
      const kept = await store?.door(eventId);
      keys = kept?.keys ?? null;
      if (kept) setState({ open: { door, facts: kept.facts, house: null }, isUnknown: false, failure: null });
      await ask(door, store);
    };
    const ask = async (door: Door, store: ScanStore | null): Promise<void> => {
      try {
        const { event, checkInStats: house } = await boxOffice.ask(DoorEvent, { id: eventId }, ending.signal);
        if (!event) return setState({ open: null, isUnknown: true, failure: null });
        setState({ open: { door, facts: event, house }, isUnknown: false, failure: null });
        keys = await readKeys(ending.signal);
        await store?.keepDoor({ eventId, facts: event, keys });
        // Where a browser keeps no page the door works all the same, as long as it stays open.
        void keepPage(keys).catch(() => undefined);
        await door.send();
      } catch (failure) {
        if (ending.signal.aborted) return;
        if (failure instanceof RequestFailed) setState((before) => ({ ...before, failure }));
        timer = setTimeout(() => ask(door, store), RETRY_MS);
      }
    };
    void open();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [boxOffice, eventId, token]);
  useSending(state.open?.door ?? null);
  return state;
}

function useSending(door: Door | null): void {
  const { boxOffice } = useApp();
  useEffect(() => {
    if (!door) return;
    const { connection } = boxOffice.watching;
    const send = () => void door.send();
    const timer = setInterval(send, SEND_EVERY_MS);
    addEventListener('online', send);
    const forget = connection.listen(() => {
      if (connection.get() === 'connected') door.isBack();
    });
    return () => {
      clearInterval(timer);
      removeEventListener('online', send);
      forget();
    };
  }, [door]);
}

async function readKeys(signal: AbortSignal): Promise<readonly TicketKey[]> {
  const response = await fetch(KEYS_URL, { signal });
  return ((await response.json()) as { keys: readonly TicketKey[] }).keys;
}
