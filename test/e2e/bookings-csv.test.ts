import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http-client.ts';
import { bookingOf } from '../support/outcomes.ts';
import { seedBookings } from '../support/seeded-bookings.ts';
import { ticketsOf } from '../support/tickets.ts';

const HEADER = 'id,reference,user_id,holder_name,email,quantity,status,created_at,finalized_at,failure_reason';
const FORMULA = /^\s*[=+\-@＝＋－＠]/;
const MANY = 20_000;
const PER_PAGE = 500;
const PAGES = MANY / PER_PAGE;
/** The page before it is on its way by then: an answer that has not begun is an error of its own. */
const WITHIN_THE_FILE = 6;
/** As short as may be, so that whoever stalls is soon found out. */
const IDLE_TIMEOUT_MS = 300;

const pathOf = (eventId: number) => `/event/${eventId}/bookings.csv`;

describe.each(['embedded', 'postgresql + redis'] as const)('%s: the bookings of an event as CSV', (setup) => {
  let office: BoxOffice;
  let large: number;
  beforeAll(async () => {
    const env = { HTTP_IDLE_TIMEOUT_MS: `${IDLE_TIMEOUT_MS}`, LOG_LEVEL: 'fatal' };
    office = await openBoxOffice(setup, { env });
    ({ id: large } = await office.container.createEvent({ title: 'Festival', capacity: 1_000 }));
    await seedBookings(office.container.db, large, MANY);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await office.container.db.em().execute("delete from bookings where reference like 'seeded-%'");
    await office.close();
  });

  const pages = () => vi.spyOn(office.container.bookings, 'ofEvent');

  test('has what each booking is, and no code of a ticket', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
    const final = bookingOf(
      await container.bookTicket({
        eventId,
        userId: 'ada',
        quantity: 2,
        holderName: 'Zoë "李"',
        email: '+zoe@b.example',
      }),
    );
    const codes = (await ticketsOf(container, final.id)).map(({ code }) => code);
    const cancelled = bookingOf(await container.bookTicket({ eventId, userId: '42' }));
    await container.cancelBooking(cancelled.id);
    const { finalizedAt } = (await container.bookings.find(final.id)) ?? {};
    const { finalizedAt: otherAt } = (await container.bookings.find(cancelled.id)) ?? {};

    const answer = await send(office.url, { path: pathOf(eventId) });
    expect(answer.text.split('\r\n')).toEqual([
      HEADER,
      `${final.id},${final.reference},ada,"Zoë ""李""",'+zoe@b.example,2,FINALIZED,${final.createdAt.toISOString()},${finalizedAt?.toISOString()},`,
      `${cancelled.id},${cancelled.reference},42,,,1,CANCELLED,${cancelled.createdAt.toISOString()},${otherAt?.toISOString() ?? ''},`,
      '',
    ]);
    for (const code of codes) expect(answer.text).not.toContain(code);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="event-${eventId}-bookings.csv"`,
      'cache-control': 'no-store',
    });
  });

  test('has nothing that a spreadsheet runs', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 });
    const evil = ['=1+1', '+1', '-1', '@SUM(1)', '＝1', ',=1', 'a";=1', 'a; \u2028-1', "';@x"];
    for (const text of evil) await container.bookTicket({ eventId, userId: text, holderName: text });
    const { text } = await send(office.url, { path: pathOf(eventId) });
    // Where lists are separated by semicolons a cell begins behind each, whatever quotation marks say.
    const lines = text.split('\r\n');
    for (const cell of lines.flatMap((line) => line.split(';'))) expect(cell).not.toMatch(FORMULA);
    for (const cell of lines.flatMap(cellsOf)) expect(cell).not.toMatch(FORMULA);
    for (const cells of [`,'=1+1,'=1+1,`, `,",=1",",=1",`, `,"a"";'=1","a"";'=1",`]) expect(text).toContain(cells);
  });

  test('of an event without any is its heading, and of one that does not exist 404', async () => {
    const { id } = await office.container.createEvent({ title: 'Concert', capacity: 10 });
    expect((await send(office.url, { path: pathOf(id) })).text).toBe(`${HEADER}\r\n`);
    expect(await send(office.url, { path: pathOf(2_000_000_000) })).toMatchObject({ status: 404 });
    const reading = pages();
    const head = await send(office.url, { method: 'HEAD', path: pathOf(large) });
    expect([head.status, head.mediaType, head.text]).toEqual([200, 'text/csv', '']);
    expect(reading).not.toHaveBeenCalled();
  });

  test(`has all of ${MANY}, in their order, while others book in between`, async () => {
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1_000_000 });
    const reading = pages();
    const answer = await begin(office.url, large);
    const downloading = read(answer);
    let sold = 0;
    while (reading.mock.calls.length < PAGES) {
      bookingOf(await office.container.bookTicket({ eventId, userId: 'bob' }));
      sold++;
    }
    expect(await downloading).toEqual({ whole: true, lines: MANY + 1 });
    const afters = reading.mock.calls.map(([, after]) => after);
    expect(afters).toEqual(afters.toSorted((a, b) => a - b));
    expect(reading).toHaveBeenCalledTimes(PAGES + 1);
    expect(sold).toBeGreaterThan(PAGES / 4);
  });

  test('is read no further than its client reads, and one that stalls is cut off', async () => {
    const reading = pages();
    const answer = await begin(office.url, large);
    await eventually(async () => expect(await connections()).toBe(0));
    const seen = reading.mock.calls.length;
    expect(seen).toBeLessThan(PAGES);
    expect(await read(answer)).toMatchObject({ whole: false });
    expect(reading).toHaveBeenCalledTimes(seen);
  });

  test('ends when its client leaves', async () => {
    const reading = pages();
    const answer = await begin(office.url, large);
    answer.destroy();
    await eventually(async () => expect(await connections()).toBe(0));
    expect(reading.mock.calls.length).toBeLessThan(PAGES);
  });

  test('breaks off where the database fails, and never ends as if it were whole', async () => {
    failFrom(WITHIN_THE_FILE);
    expect(await read(await begin(office.url, large))).toMatchObject({ whole: false });
    vi.restoreAllMocks();
    failFrom(WITHIN_THE_FILE);
    expect(await overHttp10(pathOf(large))).toBe('ECONNRESET');
    vi.restoreAllMocks();
    failFrom(1);
    expect(await send(office.url, { path: pathOf(large) })).toMatchObject({ status: 503 });
  });

  /** The database is away from this page on. */
  function failFrom(page: number): void {
    const { bookings } = office.container;
    const ofEvent = bookings.ofEvent.bind(bookings);
    let asked = 0;
    vi.spyOn(bookings, 'ofEvent').mockImplementation(async (...args) => {
      if (++asked >= page) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
      return ofEvent(...args);
    });
  }

  /** @returns how the connection ends: `end`, or the code of its error */
  async function overHttp10(path: string): Promise<string> {
    const { hostname, port } = new URL(office.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    socket.resume();
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.once('end', () => resolve('end'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(`${code}`));
    return promise;
  }

  async function connections(): Promise<number> {
    const { values } = await office.container.metrics.connections.get();
    return values[0]?.value ?? 0;
  }
});

test('a box office that is told to stop breaks off what nobody reads', async () => {
  const office = await openBoxOffice('embedded', { env: { LOG_LEVEL: 'fatal' } });
  const { id } = await office.container.createEvent({ title: 'Festival', capacity: 1_000 });
  await seedBookings(office.container.db, id, MANY);
  const answer = await begin(office.url, id);
  await office.close();
  expect(await read(answer)).toMatchObject({ whole: false });
});

/** Resolves when the headers are here; what comes after them is left unread. */
async function begin(url: string, eventId: number): Promise<IncomingMessage> {
  const { hostname: host, port } = new URL(url);
  const asking = request({ host, port, path: pathOf(eventId), agent: false });
  const answered = once(asking, 'response');
  // Also once the answer has come, which `once` no longer hears.
  asking.on('error', () => undefined);
  asking.end();
  const [answer] = (await answered) as [IncomingMessage];
  return answer;
}

async function read(answer: IncomingMessage): Promise<{ whole: boolean; lines: number }> {
  let lines = 0;
  try {
    for await (const chunk of answer) lines += String(chunk).split('\n').length - 1;
    return { whole: answer.complete, lines };
  } catch (error) {
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    return { whole: false, lines };
  }
}

/** Of a line whose texts have no line ends. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map(
    ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare,
  );
}
