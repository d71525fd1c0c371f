import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { createEvent, graphql, graphqlData } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { SETUPS } from '../support/setups.ts';
import { openSubscriber } from '../support/subscriber.ts';
import { qrPayloadOf, sellTicket, sellTickets } from '../support/tickets.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

// GraphQL lets nobody ask for two fields of one name and different types.
const ANSWER = `__typename
  ... on CheckedIn { replayed ticket { id serial code redeemedAt booking { reference status } event { title } } }
  ... on CheckInRefused { code message redeemedAt deviceId refusedTicket: ticket { id } }`;
const CHECK_IN = `mutation ($input: CheckInInput!) { checkIn(input: $input) { ${ANSWER} } }`;
const BATCH = `mutation ($eventId: ID!, $scans: [OfflineScanInput!]!) {
  checkInBatch(eventId: $eventId, scans: $scans) { ${ANSWER} } }`;
const UNDO = `mutation ($id: ID!, $reason: String!) { undoCheckIn(ticketId: $id, reason: $reason) { id redeemedAt } }`;
const STATS = 'query ($id: ID!) { checkInStats(eventId: $id) { eventId ticketCount redeemedCount } }';
const WATCH = 'subscription ($id: ID!) { checkInStatsChanged(eventId: $id) { eventId ticketCount redeemedCount } }';
const WATCH_SALE = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly redeemedAt?: string | null;
  readonly deviceId?: string | null;
  readonly ticket?: { readonly id: string } | null;
}
interface Watched {
  readonly checkInStatsChanged: { readonly ticketCount: number; readonly redeemedCount: number };
}

const STATUS_OF: Readonly<Record<string, number>> = {
  ALREADY_REDEEMED: 409,
  CANCELLED: 409,
  UNKNOWN_TICKET: 404,
  WRONG_EVENT: 409,
  NOT_FINALIZED: 409,
  BAD_SIGNATURE: 422,
};

/** One bit of its signature is another. */
function oneBitFlipped(qrPayload: string): string {
  const at = qrPayload.lastIndexOf('.') + 1;
  const signature = Buffer.from(qrPayload.slice(at), 'base64url');
  signature[20] = (signature[20] as number) ^ 1;
  return qrPayload.slice(0, at) + signature.toString('base64url');
}

describe('the door', () => {
  let office: BoxOffice;
  let elsewhere: BoxOffice;
  let rest: Rest;
  let eventId: string;
  let number = 0;
  const pending: number[] = [];
  beforeAll(async () => {
    [office, elsewhere] = await Promise.all([openBoxOffice('embedded'), openBoxOffice('embedded', { worker: false })]);
    rest = await documentedRest(office.url);
    eventId = await createEvent(office.url, { capacity: 10_000, maxPerBooking: 100 });
  });
  afterAll(async () => {
    await execute(`update bookings set status = 'FINALIZED' where id in (${pending.join()})`);
    await elsewhere.close();
    await office.close();
  });

  const sell = () => sellTicket(office.container, Number(eventId));
  const payloadOf = (code: string, event = Number(eventId)) => qrPayloadOf(office.container, event, code);
  const execute = (sql: string, ...values: unknown[]) => office.container.db.em().execute(sql, values);

  const overGraphql = async (input: object) =>
    (await graphqlData<{ checkIn: Answer }>(office.url, CHECK_IN, { input: { eventId, deviceId: 'gate-1', ...input } }))
      .checkIn;
  const overRest = async ({ qrPayload, ...scan }: { code?: string; qrPayload?: string; nonce: string }) => {
    const body = { event_id: Number(eventId), device_id: 'gate-1', qr_payload: qrPayload, ...scan };
    return rest('POST', '/check-in', { body });
  };

  /** What makes it so, and what is then scanned. */
  const REFUSALS: Readonly<Record<string, () => Promise<{ code?: string; qrPayload?: string }>>> = {
    'ALREADY_REDEEMED of a used ticket': async () => {
      const { code } = await sell();
      await office.container.checkIn({ eventId, code, deviceId: 'gate-9', nonce: 'first' });
      return { qrPayload: await payloadOf(code) };
    },
    'CANCELLED of a cancelled one': async () => {
      const { code, bookingId } = await sell();
      await office.container.cancelBooking(bookingId);
      return { qrPayload: await payloadOf(code) };
    },
    'NOT_FINALIZED of one whose booking is not final': async () => {
      const { code, bookingId } = await sell();
      await execute("update bookings set status = 'PENDING' where id = ?", bookingId);
      pending.push(bookingId);
      return { code };
    },
    'UNKNOWN_TICKET of a code that nobody has': async () => ({ code: 'nobodys' }),
    'UNKNOWN_TICKET of a signed one that is gone': async () => ({ qrPayload: await payloadOf('nobodys') }),
    'WRONG_EVENT of a code for another event': async () => {
      const other = await createEvent(office.url, { capacity: 1 });
      return { code: (await sellTicket(office.container, Number(other))).code };
    },
    'WRONG_EVENT of a payload for another event': async () => ({
      qrPayload: await payloadOf((await sell()).code, 999),
    }),
    'BAD_SIGNATURE of another box office': async () => {
      const { code } = await sell();
      return { qrPayload: await qrPayloadOf(elsewhere.container, Number(eventId), code) };
    },
    'BAD_SIGNATURE of one bit that was flipped': async () => {
      return { qrPayload: oneBitFlipped(await payloadOf((await sell()).code)) };
    },
    'BAD_SIGNATURE of a key that nobody knows': async () => {
      return { qrPayload: (await payloadOf((await sell()).code)).replace(/^BO1\.[^.]+/, 'BO1.unknown') };
    },
    'BAD_SIGNATURE of 10 KB': async () => ({
      qrPayload: `${await payloadOf((await sell()).code)}${'x'.repeat(10_240)}`,
    }),
    'BAD_SIGNATURE of nothing': async () => ({ qrPayload: '' }),
  };
  test.each(Object.entries(REFUSALS))('refuses with %s, by both APIs and in a batch', async (name, prepare) => {
    const [code = ''] = name.split(' ');
    const scanned = await prepare();
    const nonce = `scan-${++number}`;
    const told = await overGraphql({ ...scanned, nonce });
    expect(told).toMatchObject({ __typename: 'CheckInRefused', code, message: expect.any(String) });
    const used = code === 'ALREADY_REDEEMED';
    expect([told.deviceId, typeof told.redeemedAt]).toEqual(used ? ['gate-9', 'string'] : [null, 'object']);

    const { status, body } = await overRest({ ...scanned, nonce });
    expect(body).toMatchObject({ status: STATUS_OF[code], code, retryable: false });
    expect(status).toBe(STATUS_OF[code]);
    const sameTime = new Date(told.redeemedAt ?? 0).getTime();
    expect([body.device_id, new Date(body.redeemed_at ?? 0).getTime()]).toEqual([
      used ? 'gate-9' : undefined,
      sameTime,
    ]);

    if (scanned.qrPayload === undefined) return;
    const scan = { qr_payload: scanned.qrPayload, device_id: 'gate-1', nonce, scanned_at: new Date().toISOString() };
    const batch = await rest('POST', '/check-in/batch', { body: { event_id: Number(eventId), scans: [scan] } });
    expect(batch.body.results).toMatchObject([{ code, device_id: used ? 'gate-9' : null, replayed: false }]);
  });

  test('lets a ticket in over GraphQL, answers a repeat over REST the same, and sets it back', async () => {
    const { id, code } = await sell();
    const scan = { qrPayload: await payloadOf(code), nonce: 'graphql' };
    const answer = await overGraphql(scan);
    expect(answer).toMatchObject({
      __typename: 'CheckedIn',
      replayed: false,
      ticket: { id: `${id}`, serial: 1, code, booking: { status: 'FINALIZED' }, event: { title: 'Concert' } },
    });
    const { status, body } = await overRest(scan);
    expect({ status, body }).toMatchObject({ status: 200, body: { replayed: true, ticket: { id, code } } });
    expect(body.ticket.redeemed_at).toEqual(expect.any(String));

    const undone = await graphqlData(office.url, UNDO, { id, reason: 'wrong person' });
    expect(undone).toEqual({ undoCheckIn: { id: `${id}`, redeemedAt: null } });
  });

  test('lets a ticket in over REST, answers a repeat over GraphQL the same, and sets it back', async () => {
    const { id, code } = await sell();
    const scan = { code, nonce: 'rest' };
    expect(await overRest(scan)).toMatchObject({ status: 200, body: { replayed: false, ticket: { id, serial: 1 } } });
    expect(await overGraphql(scan)).toMatchObject({ __typename: 'CheckedIn', replayed: true, ticket: { id: `${id}` } });

    const body = { ticket_id: id, reason: 'wrong person' };
    expect(await rest('POST', '/check-in/undo', { body })).toMatchObject({
      status: 200,
      body: { id, redeemed_at: null },
    });
    const unknown = { ticket_id: 99_999_999, reason: 'x' };
    expect((await rest('POST', '/check-in/undo', { body: unknown })).status).toBe(404);
    const errors = await graphql(office.url, UNDO, { id: unknown.ticket_id, reason: 'x' });
    expect(errors.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  test.each([
    [{ nonce: 'n' }, ['code']],
    [{ nonce: 'n', code: 'x', qr_payload: 'y' }, ['qr_payload']],
    [{ nonce: '', code: 'x' }, ['nonce']],
    [{ code: 'x' }, ['nonce']],
  ])('needs one of code and QR payload, and a nonce: %j', async (given, fields) => {
    const { status, body } = await rest('POST', '/check-in', { body: { event_id: 1, device_id: 'gate-1', ...given } });
    expect(status).toBe(422);
    expect(body.detail.map(({ loc }: { loc: string[] }) => loc)).toEqual(fields.map((field) => ['body', field]));
    const { qr_payload: qrPayload, ...others } = given as { qr_payload?: string };
    const { errors } = await graphql(office.url, CHECK_IN, { input: { eventId, deviceId: 'd', qrPayload, ...others } });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('names each fault of a batch by its place', async () => {
    const good = { qr_payload: 'x', device_id: 'd', nonce: 'n', scanned_at: '2030-01-01T10:00:00+02:00' };
    const scans = [
      good,
      { ...good, nonce: '' },
      { ...good, scanned_at: '2030-02-30T10:00:00Z' },
      { ...good, device_id: 7 },
    ];
    const { status, body } = await rest('POST', '/check-in/batch', { body: { event_id: 1, scans } });
    expect(status).toBe(422);
    expect(body.detail.map(({ loc, input }: { loc: unknown[]; input: unknown }) => [loc, input])).toEqual([
      [['body', 'scans', 1, 'nonce'], ''],
      [['body', 'scans', 2, 'scanned_at'], '2030-02-30T10:00:00Z'],
      [['body', 'scans', 3, 'device_id'], 7],
    ]);
    const many = await rest('POST', '/check-in/batch', { body: { event_id: 1, scans: Array(1_001).fill(good) } });
    expect(many.body.detail).toMatchObject([{ loc: ['body', 'scans'] }]);
  });

  test('takes a batch of 1,000 scans, which is longer than other bodies may be, by both APIs', async () => {
    const tickets = (
      await Promise.all(Array.from({ length: 10 }, () => sellTickets(office.container, Number(eventId), 100)))
    ).flat();
    const scans = await Promise.all(
      tickets.map(async ({ code }, i) => ({
        qrPayload: await payloadOf(code),
        deviceId: 'gate-1',
        nonce: `${i} ${'x'.repeat(36)}`,
        scannedAt: new Date(i).toISOString(),
      })),
    );
    const { checkInBatch } = await graphqlData<{ checkInBatch: Answer[] }>(office.url, BATCH, { eventId, scans });
    expect(checkInBatch.map(({ __typename, ticket }) => [__typename, ticket?.id])).toEqual(
      tickets.map(({ id }) => ['CheckedIn', `${id}`]),
    );
    const body = {
      event_id: Number(eventId),
      scans: scans.map(({ qrPayload, deviceId, nonce, scannedAt }) => {
        return { qr_payload: qrPayload, device_id: deviceId, nonce, scanned_at: scannedAt };
      }),
    };
    const again = await rest('POST', '/check-in/batch', { body });
    expect(
      new Set(
        again.body.results.map(({ code, replayed }: { code: string; replayed: boolean }) => `${code} ${replayed}`),
      ),
    ).toEqual(new Set(['CHECKED_IN true']));
  });

  test('tells how many have come in, by both APIs, also with tickets that were cancelled after that', async () => {
    const id = await createEvent(office.url, { capacity: 10 });
    const [first, second] = await sellTickets(office.container, Number(id), 2);
    await sellTicket(office.container, Number(id));
    for (const ticket of [first, second]) {
      await office.container.checkIn({ eventId: id, code: ticket?.code ?? '', deviceId: 'gate-1', nonce: 'n' });
    }
    const both = async () => [
      (await graphqlData<{ checkInStats: object }>(office.url, STATS, { id })).checkInStats,
      (await rest('GET', `/event/${id}/check-in-stats`)).body,
    ];
    const numbers = (tickets: number, redeemed: number) => [
      { eventId: id, ticketCount: tickets, redeemedCount: redeemed },
      { event_id: Number(id), ticket_count: tickets, redeemed_count: redeemed },
    ];
    expect(await both()).toEqual(numbers(3, 2));
    await office.container.cancelBooking(first?.bookingId ?? 0);
    expect(await both()).toEqual(numbers(1, 2));
    await office.container.undoCheckIn(second?.id ?? 0, 'left');
    expect(await both()).toEqual(numbers(1, 1));
    expect(await graphqlData(office.url, STATS, { id: '99999999' })).toEqual({ checkInStats: null });
    expect((await rest('GET', '/event/99999999/check-in-stats')).status).toBe(404);
  });
});

describe.each(SETUPS)('%s: a watcher of the door', (setup) => {
  let office: BoxOffice;
  let other: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
    other = await createContainer(office.container.config);
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  test('sees the present numbers first, then ever newer ones, and at last the final ones', async () => {
    const id = await createEvent(office.url, { capacity: 1_000, maxPerBooking: 100 });
    const tickets = await sellTickets(office.container, Number(id), 60);
    // Without Redis no hint comes from another process.
    const scanner = setup === 'embedded' ? office.container : other;
    const checkIn = (i: number) =>
      scanner.checkIn({ eventId: id, code: tickets[i]?.code ?? '', deviceId: 'gate-1', nonce: 'n' });
    await checkIn(0);
    const watch = openSubscriber(office.websocketUrl).subscribe<Watched>(WATCH, { id });
    expect((await watch.next()).checkInStatsChanged).toEqual({ eventId: id, ticketCount: 60, redeemedCount: 1 });
    for (let i = 1; i < tickets.length; i++) await checkIn(i);
    const seen = await watch.until(({ checkInStatsChanged: { redeemedCount } }) => redeemedCount === tickets.length);
    const counts = seen.map(({ checkInStatsChanged: { redeemedCount } }) => redeemedCount);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));

    await scanner.undoCheckIn(tickets[0]?.id ?? 0, 'left');
    const [last] = await watch.until(() => true);
    expect(last?.checkInStatsChanged).toEqual({ eventId: id, ticketCount: 60, redeemedCount: 59 });
  });

  test('hears nothing of what is sold and not yet final, and who watches the sale nothing of the door', async () => {
    const id = await createEvent(office.url, { capacity: 1_000 });
    const ticket = await sellTicket(office.container, Number(id));
    const sale = openSubscriber(office.websocketUrl).subscribe<{ eventStatsChanged: object }>(WATCH_SALE, { id });
    const door = openSubscriber(office.websocketUrl).subscribe<Watched>(WATCH, { id });
    await Promise.all([sale.next(), door.next()]);
    await office.container.checkIn({ eventId: id, code: ticket.code, deviceId: 'gate-1', nonce: 'n' });
    expect((await door.next()).checkInStatsChanged).toMatchObject({ redeemedCount: 1 });
    await office.container.bookTicket({ eventId: Number(id), userId: 'bob' });
    expect((await sale.next()).eventStatsChanged).toEqual({ bookedCount: 2 });
    const seen = await door.until(({ checkInStatsChanged: { ticketCount } }) => ticketCount === 2);
    expect(seen).toHaveLength(1);
  });

  test('of an event that nobody made is told NOT_FOUND', async () => {
    const [error] = await openSubscriber(office.websocketUrl).subscribe(WATCH, { id: '999999' }).errors();
    expect(error).toMatchObject({ message: 'Event not found', extensions: { code: 'NOT_FOUND' } });
  });
});

describe('a body that is longer than usual', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: JWT_ENV, worker: false });
  });
  afterAll(() => office.close());

  const long = JSON.stringify({ query: `{ __typename } #${'x'.repeat(70_000)}` });
  const longest = JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_100_000)}` });
  const post = async (path: string, body: string, headers: Record<string, string>) =>
    (await send(office.url, { path, method: 'POST', headers, body })).status;

  test('is read from staff and organizers, up to the length of a batch, and from nobody else', async () => {
    const [buyer, staff, organizer] = [
      await bearer('1'),
      await bearer('2', { role: 'staff' }),
      await bearer('3', { role: 'organizer' }),
    ];
    for (const headers of [staff, organizer]) {
      expect(await post('/graphql', long, headers)).toBe(200);
      expect(await post('/graphql', longest, headers)).toBe(413);
      expect(await post('/check-in/batch', long, headers)).toBe(422);
      expect(await post('/check-in', long, headers)).toBe(413);
    }
    for (const headers of [buyer, {}]) expect(await post('/graphql', long, headers)).toBe(413);
    expect(await post('/graphql', long, { authorization: 'Bearer nonsense' })).toBe(401);
    expect([await post('/check-in/batch', long, buyer), await post('/check-in/batch', long, {})]).toEqual([403, 401]);
  });

  test('that does not say how long it is, is counted while it is read', async () => {
    const { authorization } = await bearer('2', { role: 'staff' });
    const body = new Blob([long]).stream();
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${office.url}/graphql`, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
  });
});
