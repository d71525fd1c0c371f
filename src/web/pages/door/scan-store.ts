import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { CheckInRefusalCode, DoorFacts } from '../../generated/operations.ts';
import type { TicketKey } from './ticket-payload.ts';

/** A scan that was made without a network. */
export interface WaitingScan {
  readonly nonce: string;
  readonly eventId: string;
  readonly deviceId: string;
  readonly qrPayload: string;
  readonly scannedAt: string;
  /** Of one that was sent in, and that the box office would not have let in; null: it waits. */
  readonly conflict: Conflict | null;
}

export interface Conflict {
  readonly code: CheckInRefusalCode;
  readonly redeemedAt: string | null;
  readonly deviceId: string | null;
  readonly reference: string | null;
}

/** That somebody came in with a ticket, as this device knows it. */
export interface SeenTicket {
  readonly eventId: string;
  readonly code: string;
  readonly at: string;
  readonly deviceId: string | null;
}

/** What a door has to know to open without a network. */
export interface KeptDoor {
  readonly eventId: string;
  readonly facts: DoorFacts;
  readonly keys: readonly TicketKey[];
}

interface Schema extends DBSchema {
  scans: { key: string; value: WaitingScan; indexes: { event: string } };
  seen: { key: [string, string]; value: SeenTicket; indexes: { at: string } };
  doors: { key: string; value: KeptDoor };
}

/** Codes of tickets are their holders' secrets, and a door is over after a while. */
const KEPT_MS = 7 * 86_400_000;

/** What this device keeps of its door, also over a reload and a flat battery. */
export class ScanStore {
  readonly #db: IDBPDatabase<Schema>;

  constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  keepDoor(door: KeptDoor): Promise<unknown> {
    return this.#db.put('doors', door);
  }

  door(eventId: string): Promise<KeptDoor | undefined> {
    return this.#db.get('doors', eventId);
  }

  /** Also those with a conflict, which somebody has to look at. */
  scans(eventId: string): Promise<WaitingScan[]> {
    return this.#db.getAllFromIndex('scans', 'event', eventId);
  }

  keepScan(scan: WaitingScan): Promise<unknown> {
    return this.#db.put('scans', scan);
  }

  dropScan(nonce: string): Promise<void> {
    return this.#db.delete('scans', nonce);
  }

  seen(eventId: string, code: string): Promise<SeenTicket | undefined> {
    return this.#db.get('seen', [eventId, code]);
  }

  keepSeen(ticket: SeenTicket): Promise<unknown> {
    return this.#db.put('seen', ticket);
  }
}

/** Rejects where a browser keeps nothing. */
export async function openScanStore(): Promise<ScanStore> {
  const db = await openDB<Schema>('boxoffice-door', 1, {
    upgrade(empty) {
      empty.createObjectStore('scans', { keyPath: 'nonce' }).createIndex('event', 'eventId');
      empty.createObjectStore('seen', { keyPath: ['eventId', 'code'] }).createIndex('at', 'at');
      empty.createObjectStore('doors', { keyPath: 'eventId' });
    },
  });
  const old = IDBKeyRange.upperBound(new Date(Date.now() - KEPT_MS).toISOString());
  for (const key of await db.getAllKeysFromIndex('seen', 'at', old)) await db.delete('seen', key);
  return new ScanStore(db);
}
