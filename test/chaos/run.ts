import { eventually, pauseUnless } from '../support/eventually.ts';
import { createEvent } from '../support/graphql-client.ts';
import { Client, type Sale } from './clients.ts';
import { injectFaults } from './faults.ts';
import { History } from './history.ts';
import { Organizer } from './organizer.ts';
import { PostOffice } from './post-office.ts';
import { checkPromises, type Evidence, LatenessMeter, type Violation } from './promises.ts';
import { Random } from './random.ts';
import { untilFinalized, untilNoMailOwed, untilNonePending, untilReady } from './recovery.ts';
import { Scanner } from './scanner.ts';
import { APIS, type ApiName, planFaults, type Setup } from './schedule.ts';
import { Stage } from './stage.ts';
import { keepTraces } from './table.ts';
import { Waiters } from './waiters.ts';

interface ChaosOptions {
  readonly seed: number;
  readonly setup: Setup;
  readonly durationMs: number;
  readonly clientCount: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

export interface ChaosResult {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  /** Where history and logs are; null when nothing was violated. */
  readonly traces: string | null;
}

const progressEveryMs = 5_000;
const hotForMs = 10_000;
const hotCapacity = [80, 400] as const;
const roomyCapacity = 1_000_000;
const maxPerUser = 12;
const editedCapacity = [20, 100_000] as const;
/** Of the time that it is on sale. */
const cancelledAfterMs = [3_000, 8_000] as const;
/** Of events that people wait for, and for how long an offer is held. */
const waitedForCapacities = [3, 5, 12];
const offerSeconds = 2;
const watchersPatienceMs = 25_000;

/** One run: sells while things break, lets everything recover, and holds what was seen against the promises. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, setup, durationMs, clientCount, signal, print } = options;
  const random = new Random(seed).fork(setup);
  const mail = await PostOffice.open(random.fork('mail'));
  const stage = await Stage.open(setup, mail).catch(async (error: unknown) => {
    await mail.close();
    throw error;
  });
  const lateness = new LatenessMeter();
  try {
    const history = new History();
    const urls = new Map(APIS.map((api) => [api, stage.process(api).url]));
    const sale = await putOnSale(urls, random.fork('events'), durationMs, history);
    const faults = planFaults(random.fork('faults'), setup, durationMs);
    const clients = Array.from({ length: clientCount }, (_, i) => {
      return new Client(i + 1, random.fork('clients'), sale, urls, history);
    });
    print(`${setup}, seed ${seed}: ${clientCount} clients, ${faults.length} faults planned, ${durationMs / 1_000} s`);
    const progress = setInterval(() => print(progressOf(history)), progressEveryMs);

    const closing = new AbortController();
    const selling = AbortSignal.any([signal, closing.signal]);
    const organizer = new Organizer(random.fork('organizer'), sale, urls, history);
    const scanner = new Scanner(random.fork('scanner'), urls, history);
    const waiters = new Waiters(random.fork('waiters'), sale.waitedFor, urls, history);
    const sold = Promise.all([...clients, organizer, scanner, waiters].map((one) => one.run(selling)));
    try {
      const faultsEnd = new AbortController();
      const injected = injectFaults(faults, stage, history, AbortSignal.any([signal, faultsEnd.signal]));
      await pauseUnless(signal, durationMs);
      faultsEnd.abort();
      await injected;
      mail.beWell();
      signal.throwIfAborted();

      const since = performance.now();
      const readyMs = await untilReady(stage);
      closing.abort();
      await sold;
      await Promise.all(clients.map((client) => client.settle(signal)));
      signal.throwIfAborted();
      const nonePending = await untilNonePending(stage);
      const nonePendingMs = nonePending === null ? null : performance.now() - since;
      const roomy = sale.roomy[0]?.id as string;
      const finalizedMs = await untilFinalized(roomy, urls, history, random.fork('last'));
      // What is missing then is told by the promise that watchers see the end.
      const watched = () => clients.every(({ watching }) => watching === 0);
      await eventually(watched, { timeoutMs: watchersPatienceMs }).catch(() => undefined);
      await untilNoMailOwed(stage);
      signal.throwIfAborted();

      const evidence: Evidence = {
        history,
        rows: await stage.bookings(),
        events: await stage.events(),
        tickets: await stage.tickets(),
        entries: await stage.entries(),
        mails: mail,
        processes: [...stage.processes.values()],
        verify: await stage.run('verify'),
        recovery: { readyMs, nonePendingMs, finalizedMs },
        lateness,
      };
      const violations = checkPromises(evidence);
      const traces = violations.length > 0 ? await keepTraces(evidence, violations, `${setup}-${seed}`) : null;
      return { evidence, violations, traces };
    } finally {
      clearInterval(progress);
      closing.abort();
      await sold;
      for (const one of [...clients, organizer, scanner, waiters]) one.close();
    }
  } finally {
    lateness.stop();
    await stage.close();
    await mail.close();
  }
}

async function putOnSale(
  urls: ReadonlyMap<ApiName, string>,
  random: Random,
  durationMs: number,
  history: History,
): Promise<Sale> {
  const create = async (capacity: number, limit: number | null = null, leastCapacity = capacity, more = {}) => {
    const input = { title: 'Concert', capacity, ...(limit !== null && { maxPerUser: limit }), ...more };
    const event = {
      id: await createEvent(urls.get(APIS[0]) as string, input),
      capacity,
      maxPerUser: limit,
      leastCapacity,
    };
    history.events.push(event);
    return event;
  };
  const roomy = [await create(roomyCapacity), await create(roomyCapacity)];
  const limitedPerUser = await create(roomyCapacity, maxPerUser);
  const hot = [];
  const doomed = [];
  for (let at = 0; at < durationMs; at += hotForMs) {
    hot.push(await create(random.int(...hotCapacity)));
    doomed.push({ ...(await create(roomyCapacity)), cancelAtMs: at + random.int(...cancelledAfterMs) });
  }
  const [leastCapacity, capacity] = editedCapacity;
  const edited = { ...(await create(capacity, null, leastCapacity)), leastCapacity };
  const offered = { waitingListOfferSeconds: offerSeconds };
  const waitedFor = await Promise.all(waitedForCapacities.map((places) => create(places, null, places, offered)));
  return { roomy, limitedPerUser, hot, hotForMs, edited, doomed, waitedFor };
}

function progressOf(history: History): string {
  const { attempts, faults } = history;
  const kinds = (['booked', 'refused', 'failed', 'unanswered'] as const).map(
    (kind) => `${kind} ${history.count(kind)}`,
  );
  const seconds = Math.round((performance.now() - history.since) / 1_000);
  return `${String(seconds).padStart(4)} s  requests ${attempts.length}  ${kinds.join('  ')}  faults ${faults.length}`;
}
