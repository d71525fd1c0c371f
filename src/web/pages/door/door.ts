import type { BoxOffice } from '../../data/box-office.ts';
import { randomId } from '../../data/random-id.ts';
import { RequestFailed } from '../../data/request-failed.ts';
import { Store } from '../../data/store.ts';
import { CheckIn, CheckInLater } from '../../generated/operations.ts';
import type { ScanStore, WaitingScan } from './scan-store.ts';
import { codeIn, isPayload, readPayload, type TicketKey } from './ticket-payload.ts';
import { refused, type Verdict, verdictOf } from './verdict.ts';

/** Somebody stands before the door: what is not answered by then is decided on this device. */
const ONLINE_WITHIN_MS = 2_500;
/** After that the network is tried again. */
const OFFLINE_FOR_MS = 5_000;
/** As many as the box office takes at once, and fewer bytes than it takes. */
const MAX_SENT = 500;

export interface DoorParts {
  readonly boxOffice: Pick<BoxOffice, 'ask' | 'clock'>;
  readonly eventId: string;
  readonly deviceId: () => string;
  /** null: this browser keeps nothing. */
  readonly store: ScanStore | null;
  /** null: they are not known. */
  readonly keys: () => readonly TicketKey[] | null;
}

/** The door of an event, on one device. It asks the box office, and decides by itself while that does not answer. */
export class Door {
  readonly online = new Store(true);
  /** Made without a network: on their way, or in conflict with what the box office knows. */
  readonly scans = new Store<readonly WaitingScan[]>([]);
  readonly #parts: DoorParts;
  #offlineUntil = 0;
  #sending = false;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    void this.#readScans();
  }

  async scan(text: string): Promise<Verdict> {
    const nonce = randomId();
    if (navigator.onLine && performance.now() >= this.#offlineUntil) {
      const verdict = await this.#askBoxOffice(text, nonce);
      if (verdict) return verdict;
      this.#offlineUntil = performance.now() + OFFLINE_FOR_MS;
    }
    this.online.set(false);
    return this.#decide(text, nonce);
  }

  /** Sends in what waits. Sending it twice changes nothing. */
  async send(): Promise<void> {
    if (this.#sending || !navigator.onLine || this.#waiting().length === 0) return;
    this.#sending = true;
    try {
      for (let waits = this.#waiting(); waits.length > 0; waits = this.#waiting())
        await this.#sendSome(waits.slice(0, MAX_SENT));
      this.#answers();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
    } finally {
      this.#sending = false;
    }
  }

  /** The box office was heard of. */
  isBack(): void {
    this.#answers();
    void this.send();
  }

  /** Somebody has looked at a conflict. */
  async settle(nonce: string): Promise<void> {
    await this.#parts.store?.dropScan(nonce);
    await this.#readScans();
  }

  /** @returns null when there is no answer in time */
  async #askBoxOffice(text: string, nonce: string): Promise<Verdict | null> {
    const { boxOffice, eventId, deviceId } = this.#parts;
    const seen = isPayload(text) ? { qrPayload: text } : { code: text.toUpperCase() };
    const input = { eventId, deviceId: deviceId(), nonce, ...seen };
    try {
      const { checkIn } = await boxOffice.ask(CheckIn, { input }, AbortSignal.timeout(ONLINE_WITHIN_MS));
      this.#answers();
      await this.#note(text, checkIn.__typename === 'CheckedIn' ? null : checkIn);
      return verdictOf(checkIn);
    } catch (error) {
      if (!(error instanceof RequestFailed)) return null;
      if (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN') return refused('SIGN_IN');
      return error.code === 'BAD_USER_INPUT' ? refused('UNKNOWN_TICKET') : null;
    }
  }

  /** So that this device knows the ticket when it comes again without a network. */
  async #note(text: string, answer: { redeemedAt: string | null; deviceId: string | null } | null): Promise<void> {
    if (answer && answer.redeemedAt === null) return;
    const { store, eventId, deviceId } = this.#parts;
    const code = codeIn(text) ?? text.toUpperCase();
    const [at, by] = answer ? [answer.redeemedAt as string, answer.deviceId] : [this.#now(), deviceId()];
    await store?.keepSeen({ eventId, code, at, deviceId: by });
  }

  async #decide(text: string, nonce: string): Promise<Verdict> {
    const { store, eventId, deviceId, keys } = this.#parts;
    const known = keys();
    if (!isPayload(text) || !known) return refused('NEEDS_NETWORK');
    if (!store) return refused('NOT_KEPT');
    const payload = await readPayload(text, known);
    if (!payload) return refused('BAD_SIGNATURE');
    if (payload.eventId !== eventId) return refused('WRONG_EVENT');
    const seen = await store.seen(eventId, payload.code);
    if (seen) return { kind: 'already', at: seen.at, deviceId: seen.deviceId, ticket: null };
    const scannedAt = this.#now();
    await store.keepScan({ nonce, eventId, deviceId: deviceId(), qrPayload: text, scannedAt, conflict: null });
    await store.keepSeen({ eventId, code: payload.code, at: scannedAt, deviceId: deviceId() });
    await this.#readScans();
    return { kind: 'welcome', checked: false, ticket: null };
  }

  async #sendSome(waits: readonly WaitingScan[]): Promise<void> {
    const { boxOffice, eventId, store } = this.#parts;
    const scans = waits.map(({ qrPayload, deviceId, nonce, scannedAt }) => ({ qrPayload, deviceId, nonce, scannedAt }));
    const { checkInBatch } = await boxOffice.ask(CheckInLater, { eventId, scans });
    for (const [i, answer] of checkInBatch.entries()) {
      const scan = waits[i] as WaitingScan;
      if (answer.__typename === 'CheckedIn') await store?.dropScan(scan.nonce);
      else {
        const { code, redeemedAt, deviceId, known } = answer;
        const conflict = { code, redeemedAt, deviceId, reference: known?.booking.reference ?? null };
        await store?.keepScan({ ...scan, conflict });
      }
    }
    await this.#readScans();
  }

  #answers(): void {
    this.online.set(true);
    this.#offlineUntil = 0;
  }

  #waiting(): readonly WaitingScan[] {
    return this.scans.get().filter(({ conflict }) => conflict === null);
  }

  async #readScans(): Promise<void> {
    const { store, eventId } = this.#parts;
    if (store) this.scans.set(await store.scans(eventId));
  }

  #now(): string {
    return new Date(this.#parts.boxOffice.clock.now()).toISOString();
  }
}
