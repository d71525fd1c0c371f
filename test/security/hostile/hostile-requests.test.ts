import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../chaos/random.ts';
import { type BoxOfficeProcess, WARN } from '../../support/boxoffice-process.ts';
import { type Fleet, openFleet } from '../../support/fleet.ts';
import { createEvent, graphqlData } from '../../support/graphql-client.ts';
import { HttpClient } from '../../support/http-client.ts';
import { bearer, JWT_ENV } from '../../support/tokens.ts';
import { isFault, isRefusal, leaksIn } from './hostile-answer.ts';
import { ask } from './hostile-http.ts';
import { KINDS } from './hostile-kind.ts';
import { attack, buySteadily, hostileTable, sumOf } from './hostile-run.ts';
import { hoardSockets } from './hostile-sockets.ts';
import {
  ATTACKERS,
  bookingsOfVictim,
  type Headers,
  SOCKET_HOARDER,
  type Stage,
  setStage,
  VICTIM,
  waitOfVictim,
} from './hostile-stage.ts';

const seed = Number(process.env.HOSTILE_SEED ?? randomInt(1_000_000_000));
/** Of every kind its part. */
const share = Number(process.env.HOSTILE_REQUESTS ?? 1_500) / KINDS.reduce((sum, { count }) => sum + count, 0);
const kinds = KINDS.map((kind) => ({ ...kind, count: Math.ceil(kind.count * share) }));
const REQUESTS = kinds.reduce((sum, { count }) => sum + count, 0);
const READS = 60;
const SOCKETS = 40;
const ENV = {
  ...JWT_ENV,
  INTROSPECTION: 'off',
  // Longer than the run, so that what a user may do does not depend on how fast it goes.
  RATE_LIMIT_WINDOW_SECONDS: '3600',
  RATE_LIMIT_USER_READS: `${READS}`,
  RATE_LIMIT_USER_BOOKINGS: '5000',
  ADDRESS_MAX_SOCKETS: `${SOCKETS}`,
  ADDRESS_MAX_REQUESTS: '32',
  WS_MAX_SUBSCRIPTIONS: '5',
  HTTP_HEADERS_TIMEOUT_MS: '2000',
  HTTP_REQUEST_TIMEOUT_MS: '2000',
};
const ANSWER_BOUND_MS = 5_000;

describe('thousands of hostile requests', () => {
  const clients = new Map([...new Set(ATTACKERS)].map((localAddress) => [localAddress, clientAt(localAddress)]));
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  let organizer: Headers;
  let stage: Stage;
  beforeAll(async () => {
    fleet = await openFleet('embedded');
    office = await fleet.start('serve', ENV);
    organizer = await bearer('organizer', { role: 'organizer' });
    stage = await setStage(office.url, organizer, clients);
  });
  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await fleet.close();
  });

  test('would be seen to leak, to be a fault or to be let through', async () => {
    const path = `/booking/${stage.victims[0]?.id}`;
    const shown = await ask(stage, ATTACKERS[0] as string, { path, headers: await bearer(VICTIM) });
    expect([isRefusal(shown), isFault(shown)]).toEqual([false, false]);
    const [reference, ...codes] = leaksIn(shown, stage.secrets);
    expect([reference, codes.length]).toEqual([stage.victims[0]?.reference, stage.victims[0]?.tickets.length]);
    for (const text of [
      'SqliteError: near "OR"',
      'SQLITE_BUSY',
      'select "b0".* from "booking" as "b0"',
      'TypeError: x is not a function\n    at find (/work/dist/bookings/booking-queries.js:12:7)',
      "ENOENT: no such file or directory, open '/tmp/boxoffice.db'",
    ]) {
      expect(leaksIn({ statuses: [400], text }, [])).not.toEqual([]);
    }
    const masked = { statuses: [200], text: '\r\n\r\n{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}' };
    expect([isFault(masked), isFault({ statuses: [404, 500], text: '' })]).toEqual([true, true]);
    expect(isRefusal({ statuses: [], text: '{"id":"1","type":"next"}' })).toBe(false);
    expect(isRefusal({ statuses: [200], text: '\r\n\r\n{"errors":[{}],"data":{"booking":{"id":"1"}}}' })).toBe(false);
  });

  test('are refused or do nothing, show nothing, and do not keep a buyer from booking', async () => {
    const { url } = office;
    const random = new Random(seed);
    const eventId = await createEvent(url, { capacity: 1_000_000 }, organizer);
    const before = await everything(url, organizer);
    const giveSocketsBack = await hoardSockets(url, SOCKET_HOARDER, SOCKETS);
    const buyer = buySteadily(url, await bearer('good-buyer'), eventId);
    const { tallies, wrong } = await attack(kinds, stage, random);
    const purchases = await buyer.stop();
    giveSocketsBack();
    const title = `${REQUESTS} hostile requests, HOSTILE_SEED=${seed}`;
    process.stdout.write(`${hostileTable(title, tallies, purchases)}\n`);

    expect(wrong).toEqual([]);
    const { tried, refused, harmless, faults, leaks } = sumOf(tallies);
    expect({ tried, answered: refused + harmless, faults, leaks }).toEqual({
      tried: REQUESTS,
      answered: REQUESTS,
      faults: 0,
      leaks: 0,
    });
    const greedy = tallies.find(({ kind }) => kind === 'more reads than a user may');
    expect(greedy?.harmless).toBe(READS);

    expect(purchases.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(Math.max(...purchases.map(({ ms }) => ms))).toBeLessThan(ANSWER_BOUND_MS);

    expect(await bookingsOfVictim(url, organizer)).toEqual(stage.victims);
    const waits = { userId: VICTIM, status: 'WAITING', ahead: 0 };
    expect(await waitOfVictim(stage, organizer)).toEqual({ waitingListEntry: waits });
    const after = await everything(url, organizer);
    expect(after).toEqual({ ...before, reserved: before.reserved + purchases.length });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(office.exit).toBeNull();
    expect(office.stderr).toBe('');
    expect(office.logs.filter(({ level }) => level >= WARN)).toEqual([]);
    await fleet.verify();
  }, 180_000);
});

function clientAt(localAddress: string): HttpClient {
  return new HttpClient({ maxSockets: 32, localAddress, timeoutMs: 20_000 });
}

/** What there is: no hostile request may add to it. */
async function everything(url: string, organizer: Headers): Promise<{ reserved: number; events: unknown }> {
  const query =
    '{ report { totalReserved } events(first: 100) { edges { node { id title capacity status version } } } }';
  type All = { report: { totalReserved: number }; events: unknown };
  const { report, events } = await graphqlData<All>(url, query, {}, { ...organizer });
  return { reserved: report.totalReserved, events };
}
