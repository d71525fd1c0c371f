import { pauseUnless } from '../support/eventually.ts';
import { type History, isOpen, type Scan } from './history.ts';
import type { Random } from './random.ts';
import { Requests } from './requests.ts';
import { APIS, type ApiName } from './schedule.ts';

const thinkMs = [50, 300] as const;
const retryMs = [100, 900] as const;
const restShare = 0.4;
/** Of a scan whose outcome is unknown, which is safe to repeat under its nonce. */
const maxTries = 8;

/** Scans tickets of those who booked: most once, some at both doors in the same instant, some again under the same nonce or another. */
export class Scanner {
  readonly #random: Random;
  readonly #history: History;
  readonly #requests: Requests;

  constructor(random: Random, urls: ReadonlyMap<ApiName, string>, history: History) {
    this.#random = random;
    this.#history = history;
    this.#requests = new Requests('scanner', urls, history);
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let n = 1; !signal.aborted; n++) {
      const random = this.#random.fork(`scan ${n}`);
      await this.#act(`scan-${n}`, random, signal);
      await pauseUnless(signal, random.int(...thinkMs));
    }
  }

  close(): void {
    this.#requests.close();
  }

  async #act(nonce: string, random: Random, signal: AbortSignal): Promise<void> {
    const action = random.weighted({ once: 55, twins: 20, repeat: 10, again: 15 });
    const { scans } = this.#history;
    if (action === 'repeat' && scans.length > 0) {
      await this.#scan(random.pick(scans), random, signal);
    } else if (action === 'again' && scans.length > 0) {
      await this.#scan({ ...random.pick(scans), deviceId: 'again', nonce }, random, signal);
    } else {
      const ticket = await this.#ticketOfSomebody(random);
      if (!ticket) return;
      const doors = action === 'twins' ? APIS : [random.pick(APIS)];
      await Promise.all(
        doors.map((api) => this.#scan({ ...ticket, deviceId: api, nonce }, random.fork(api), signal, api)),
      );
    }
  }

  async #ticketOfSomebody(random: Random): Promise<Pick<Scan, 'eventId' | 'code'> | null> {
    const booked = this.#history.bookings.flatMap(({ outcome }) => (outcome.kind === 'booked' ? [outcome] : []));
    if (booked.length === 0) return null;
    const { id, eventId } = random.pick(booked);
    const codes = await this.#requests.lookAtTickets(random.pick(APIS), id);
    return codes.length > 0 ? { eventId, code: random.pick(codes) } : null;
  }

  async #scan(scan: Scan, random: Random, signal: AbortSignal, firstApi = random.pick(APIS)): Promise<void> {
    let api = firstApi;
    for (let tries = 1; tries <= maxTries; tries++) {
      const attempt = await this.#requests.scan(api, scan, random.chance(restShare) ? 'rest' : 'graphql');
      if (!isOpen(attempt) || signal.aborted) return;
      await pauseUnless(signal, random.int(...retryMs));
      api = random.pick(APIS);
    }
  }
}
