import { afterEach, describe, expect, test } from 'vitest';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { createEvent, graphql } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { allWell } from '../support/readiness.ts';
import { startRedisServer } from '../support/redis-server.ts';
import type { Setup } from '../support/setups.ts';
import { openSubscriber } from '../support/subscriber.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

/** Longer than any test, so that no window ends within one; a test of the end takes the shortest. */
const WINDOW = { RATE_LIMIT_WINDOW_SECONDS: '600' };
const BOOK = 'mutation ($id: ID!) { bookTicket(input: { eventId: $id, userId: "7" }) { __typename } }';
const READ = 'query ($id: ID!) { eventStats(eventId: $id) { bookedCount } }';

const opened: BoxOffice[] = [];
afterEach(async () => {
  for (const office of opened.splice(0)) await office.close();
});

async function open(setup: Setup, env: Record<string, string>, options: BoxOfficeOptions = {}): Promise<BoxOffice> {
  const office = await openBoxOffice(setup, { ...options, env });
  opened.push(office);
  return office;
}

/** How many of `count` requests, one after the other, were answered before the first RATE_LIMITED. */
async function admitted(
  url: string,
  query: string,
  id: string,
  headers: Record<string, string>,
  count: number,
): Promise<number> {
  for (let done = 0; done < count; done++) {
    const { errors } = await graphql(url, query, { id }, headers);
    const [error] = errors ?? [];
    if (error?.extensions.code === 'RATE_LIMITED') return done;
    if (error) throw new Error(error.message);
  }
  return count;
}

describe.each<Setup>(['embedded', 'sqlite + redis'])('%s: rate limits', (setup) => {
  test('per user count bookings and reads apart, and each user for themselves', async () => {
    const limits = { RATE_LIMIT_USER_BOOKINGS: '3', RATE_LIMIT_USER_READS: '5' };
    const { url, container } = await open(setup, { ...JWT_ENV, ...WINDOW, ...limits });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    const [seven, staff, organizer] = [
      await bearer('7'),
      await bearer('7', { role: 'staff' }),
      await bearer('1', { role: 'organizer' }),
    ];
    expect(await admitted(url, BOOK, id, seven, 10)).toBe(3);
    expect(await admitted(url, READ, id, seven, 10)).toBe(5);
    expect(await admitted(url, READ, id, staff, 10)).toBe(0);
    // A shop that books for all its buyers.
    expect(await admitted(url, BOOK, id, organizer, 10)).toBe(10);
    // Who says not who they are is counted by address only, which is not limited here.
    expect(await admitted(url, READ, id, {}, 20)).toBe(20);
  });

  test('per address count whoever asks; users behind a trusted proxy have an address each', async () => {
    const limits = { RATE_LIMIT_ADDRESS_BOOKINGS: '2', RATE_LIMIT_ADDRESS_READS: '3', TRUST_PROXY: '127.0.0.1' };
    const { url, container } = await open(setup, { ...WINDOW, ...limits });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect(await admitted(url, BOOK, id, from('192.0.2.1'), 5)).toBe(2);
    expect(await admitted(url, READ, id, from('192.0.2.1'), 5)).toBe(3);
    expect(await admitted(url, BOOK, id, from('192.0.2.2'), 5)).toBe(2);
    // An address in another shape, or another one of the same network, is no other address.
    expect(await admitted(url, BOOK, id, from('::ffff:192.0.2.2'), 5)).toBe(0);
    expect(await admitted(url, BOOK, id, from('2001:db8::1'), 5)).toBe(2);
    expect(await admitted(url, BOOK, id, from('2001:db8::2:1'), 5)).toBe(0);
    expect(await admitted(url, BOOK, id, from('2001:db8:0:1::1'), 5)).toBe(2);
    // Only the proxy's own word counts, not what the client put before it.
    expect(await admitted(url, BOOK, id, from('192.0.2.9, 192.0.2.2'), 5)).toBe(0);
  });

  test('believe no address that nobody vouches for', async () => {
    const { url, container } = await open(setup, { ...WINDOW, RATE_LIMIT_ADDRESS_READS: '3' });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    for (let i = 0; i < 3; i++) expect(await admitted(url, READ, id, { 'x-forwarded-for': `192.0.2.${i}` }, 1)).toBe(1);
    expect(await admitted(url, READ, id, { 'x-forwarded-for': '192.0.2.9' }, 1)).toBe(0);
  });

  test('are not got round by aliases, by the other API or by a socket', async () => {
    const { url, websocketUrl, container } = await open(setup, { ...WINDOW, RATE_LIMIT_ADDRESS_READS: '4' });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    const query = 'query ($id: ID!) { a: event(id: $id) { id } b: event(id: $id) { id } c: event(id: $id) { id } }';
    expect((await graphql(url, query, { id })).errors).toBeUndefined();
    expect((await send(url, { path: `/event/${id}` })).status).toBe(200);
    const refused = await send(url, { path: `/event/${id}` });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(refused.body).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryable: true });
    const watch = openSubscriber(websocketUrl).subscribe(
      `subscription ($id: ID!) { eventStatsChanged(eventId: $id) { capacity } }`,
      { id },
    );
    const [error] = await watch.errors();
    expect(error?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
  });

  test('end with their window', async () => {
    const { url, container } = await open(setup, { RATE_LIMIT_WINDOW_SECONDS: '1', RATE_LIMIT_ADDRESS_READS: '1' });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    await eventually(async () => (await admitted(url, READ, id, {}, 10)) < 10);
    await eventually(async () => (await admitted(url, READ, id, {}, 1)) === 1);
  });

  test('are none when they are 0', async () => {
    const { url, container } = await open(setup, { ...JWT_ENV, RATE_LIMIT_USER_READS: '0' });
    const id = String((await container.createEvent({ title: 'Concert', capacity: 100 })).id);
    expect(await admitted(url, READ, id, await bearer('7'), 600)).toBe(600);
  });
});

describe('rate limits', () => {
  test('are counted by several processes together', async () => {
    const redis = await startRedisServer();
    const env = { ...WINDOW, RATE_LIMIT_ADDRESS_READS: '4', REDIS_PREFIX: 'together' };
    const [one, other] = [
      await open('sqlite + redis', env, { redisUrl: redis.url }),
      await open('sqlite + redis', env, { redisUrl: redis.url }),
    ];
    const ids = [await createEvent(one.url, { capacity: 1 }), await createEvent(other.url, { capacity: 1 })] as const;
    expect(await admitted(one.url, READ, ids[0], {}, 3)).toBe(3);
    expect(await admitted(other.url, READ, ids[1], {}, 5)).toBe(1);
    for (const office of opened.splice(0)) await office.close();
    await redis.remove();
  });

  test('are counted by each process for itself without Redis, and the sale goes on', async () => {
    const redis = await startRedisServer();
    const env = { ...WINDOW, RATE_LIMIT_ADDRESS_READS: '4', LOG_LEVEL: 'silent' };
    const office = await open('sqlite + redis', env, { redisUrl: redis.url });
    const id = await createEvent(office.url, { capacity: 1 });
    await redis.kill();
    expect(await admitted(office.url, READ, id, {}, 10)).toBe(4);
    await redis.start();
    await eventually(() => allWell(office.url));
    for (const survivor of opened.splice(0)) await survivor.close();
    await redis.remove();
  });
});
