import { expect } from 'vitest';
import { type Attempt, BookingClient, BookingLoad, tally } from '../support/booking-client.ts';
import { expectNothingLost } from '../support/client-history.ts';
import { eventually } from '../support/eventually.ts';
import type { Fleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent, graphql, graphqlData, statsOf } from '../support/graphql-client.ts';

const SOLD_IN_EACH_PART = 50;

export interface Sale {
  readonly eventId: string;
  /** Created after the backup. */
  readonly lostEventId: string;
  /** Answered before the backup began. */
  readonly before: readonly Attempt[];
  /** Begun after it had ended. */
  readonly after: readonly Attempt[];
  /** Final before the backup, with its tickets; cancelled after it. */
  readonly cancelledLater: Ticketed;
  /** PENDING at the backup, final after it. */
  readonly finalLater: Ticketed;
}

interface Ticketed {
  readonly id: number;
  readonly codes: readonly string[];
}

/** Sells, backs up while it sells, sells on, and kills all of it; in Redis it leaves jobs of bookings of before and after. */
export async function sellUntilTheEnd(fleet: Fleet, backUp: () => Promise<unknown>): Promise<Sale> {
  const [api, first] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
  const eventId = await createEvent(api.url, { capacity: 1_000_000 });
  const load = new BookingLoad([api.url], eventId, { concurrency: 10 });
  const sold = (since = load.booked.length) =>
    eventually(() => load.booked.length >= since + SOLD_IN_EACH_PART, { timeoutMs: 30_000 });
  await sold();
  const cancelledLater = await finalized(api.url, idOf(load.booked[0]));
  // Killed, not stopped: a stopped one may hold SQLite's lock.
  await first.kill();
  await sold();
  const pending = idOf(load.booked.at(-1));
  const from = performance.now();
  await backUp();
  const to = performance.now();
  const second = await fleet.start('worker');
  const finalLater = await finalized(api.url, pending);
  await second.kill();
  await graphqlData(api.url, `mutation { cancelBooking(id: ${cancelledLater.id}) { status } }`);
  const lostEventId = await createEvent(api.url, { capacity: 10 });
  await bookTicket(api.url, { eventId: lostEventId });
  await sold();
  const attempts = await load.stop();
  await api.kill();
  expect(tally(attempts)).toEqual({ booked: attempts.length });
  return {
    eventId,
    lostEventId,
    before: attempts.filter(({ endedAt }) => endedAt < from),
    after: attempts.filter(({ startedAt }) => startedAt > to),
    cancelledLater,
    finalLater,
  };
}

/** @returns its tickets, once it is final */
async function finalized(url: string, id: number): Promise<Ticketed> {
  const query = `{ booking(id: ${id}) { status tickets { code } } }`;
  return eventually(async () => {
    const { booking } = await graphqlData<{ booking: { status: string; tickets: { code: string }[] } }>(url, query);
    expect(booking.status).toBe('FINALIZED');
    return { id, codes: booking.tickets.map(({ code }) => code) };
  });
}

/** After the restore, from a new API and a new worker. */
export async function expectWhatBuyersSee(url: string, sale: Sale): Promise<void> {
  const { eventId, lostEventId, before, after, cancelledLater, finalLater } = sale;
  await allFinalized(url, eventId);
  await expectNothingLost(url, eventId, before);
  expect(await finalized(url, cancelledLater.id)).toEqual(cancelledLater);
  const { codes } = await finalized(url, finalLater.id);
  expect(codes).toHaveLength(finalLater.codes.length);
  for (const code of finalLater.codes) expect(codes).not.toContain(code);
  const expectLost = async () => {
    const answers = await Promise.all(after.map((attempt) => seen(url, idOf(attempt))));
    expect(answers).toEqual(after.map(() => ({ read: null, cancelled: 'NOT_FOUND' })));
  };
  await expectLost();
  expect(await statsOf(url, lostEventId)).toBeNull();

  const highest = Math.max(...[...before, ...after].map(idOf));
  const client = new BookingClient();
  const again = (attempts: readonly Attempt[]) => Promise.all(attempts.map(({ input }) => client.book(url, input)));
  expect((await again(before)).map(({ outcome }) => outcome)).toEqual(before.map(({ outcome }) => outcome));
  for (const attempt of await again(after)) expect(idOf(attempt)).toBeGreaterThan(highest);
  client.close();
  await expectLost();
  expect(Number(await createEvent(url, { capacity: 1 }))).toBeGreaterThan(Number(lostEventId));
}

function idOf(attempt: Attempt | undefined): number {
  if (attempt?.outcome.kind !== 'booked') throw new Error(`not booked: ${JSON.stringify(attempt)}`);
  return Number(attempt.outcome.id);
}

async function seen(url: string, id: number): Promise<object> {
  const { booking } = await graphqlData<{ booking: unknown }>(url, `{ booking(id: ${id}) { id } }`);
  const { errors } = await graphql(url, `mutation { cancelBooking(id: ${id}) { id } }`);
  return { read: booking, cancelled: errors?.[0]?.extensions.code };
}
