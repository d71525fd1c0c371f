import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { listBookings } from '../../src/client/bookings.ts';
import { BoxOffice as Client } from '../../src/client/box-office.ts';
import { cancelEvent, createEvent, listEvents, setSale, showEvent } from '../../src/client/events.ts';
import { signToken } from '../../src/commands/token.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { runCommand } from '../support/boxoffice-process.ts';
import { bookingOf } from '../support/outcomes.ts';

const SECRET = 'a secret for the tests of commands, 123';
const TITLE = 'Ein Konzert in der Philharmonie 日本';

let office: BoxOffice;
let env: Record<string, string>;
let client: Client;
beforeAll(async () => {
  office = await openBoxOffice('embedded', {
    env: { AUTH_MODE: 'jwt', AUTH_JWT_SECRET: SECRET, LOG_LEVEL: 'fatal' },
  });
  const claims = { secret: SECRET, issuer: null, audience: null, ttlSeconds: 600 };
  const token = await signToken({ ...claims, sub: 'olga', role: 'organizer' });
  env = { BOXOFFICE_URL: `${office.url}/`, BOXOFFICE_TOKEN: token };
  client = new Client({ url: office.url, token });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => office.close());

/** What a command prints. */
async function printed(command: Promise<void>): Promise<string> {
  const lines = vi.spyOn(console, 'log').mockReturnValue();
  await command;
  const text = lines.mock.calls.map(([line]) => `${line}`).join('\n');
  lines.mockRestore();
  return text;
}

test('an event from its creation to its end: created, listed, closed, opened and cancelled', async () => {
  const created = await runCommand(
    [
      'event',
      'create',
      '--title',
      TITLE,
      '--capacity',
      '10',
      '--time-zone',
      'Europe/Berlin',
      '--max-per-user',
      '8',
    ].concat('--starts-at', '2030-06-01T20:00:00+02:00', '--json'),
    env,
  );
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const event = JSON.parse(created.stdout) as { id: string };
  expect(event).toMatchObject({ title: TITLE, capacity: 10, startsAt: '2030-06-01T18:00:00.000Z', maxPerUser: 8 });

  const { id } = event;
  bookingOf(await office.container.bookTicket({ eventId: id, userId: 'alice', quantity: 3 }));
  const list = await printed(listEvents(client, 20, {}));
  expect(list).toMatch(/^ID +TITLE +STARTS +STATUS +PLACES +BOOKED +LEFT\n/);
  expect(list).toMatch(new RegExp(`^${id} +${TITLE} +2030-06-01 20:00 +ON_SALE +10 +3 +7$`, 'm'));
  expect(JSON.parse(await printed(listEvents(client, 1, { json: true })))).toMatchObject([{ id }]);

  expect(await printed(showEvent(client, id, {}))).toMatch(/^left +7$/m);
  expect(await printed(setSale(client, id, 'CLOSED', {}))).toMatch(/^status +CLOSED$/m);
  expect(await printed(setSale(client, id, 'ON_SALE', {}))).toMatch(/^status +ON_SALE$/m);

  const unasked = await runCommand(['event', 'cancel', id, '--reason', 'Storm'], env);
  expect(unasked).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'boxoffice: nobody is there to be asked: --yes cancels without asking\n',
  });
  const cancelled = await printed(cancelEvent(client, id, { reason: 'Storm', yes: true }));
  expect(cancelled).toMatch(/^status +CANCELLED$/m);
  expect(cancelled).toMatch(/^reason +Storm$/m);
  await expect(setSale(client, id, 'ON_SALE', {})).rejects.toThrow('cancelled');
});

test('bookings of an event: the newest as a table or JSON, all of them as CSV', async () => {
  const { id: eventId } = await office.container.createEvent({ title: 'Play', capacity: 500 });
  for (let i = 1; i <= 120; i++) await office.container.bookTicket({ eventId, userId: `user-${i}` });
  const event = `${eventId}`;

  const table = await printed(listBookings(client, { event, limit: 110 }));
  expect(table.split('\n')).toHaveLength(111);
  expect(table).toMatch(/^ID +REFERENCE +USER +PLACES +STATUS +BOOKED \(UTC\)\n\d+ +\w+ +user-120 +1 +/);
  const json = await printed(listBookings(client, { event, limit: 50, user: 'user-7', json: true }));
  expect(JSON.parse(json)).toMatchObject([{ userId: 'user-7', quantity: 1 }]);

  const csv = await runCommand(['bookings', '--event', event, '--csv'], env);
  expect(csv).toMatchObject({ code: 0, stderr: '' });
  expect(csv.stdout.trimEnd().split('\r\n')).toHaveLength(121);
});

test('whatever is wrong is one line that says what to look at', async () => {
  const withoutToken = new Client({ url: office.url, token: null });
  const buyer = await signToken({
    secret: SECRET,
    issuer: null,
    audience: null,
    ttlSeconds: 600,
    sub: 'bob',
    role: null,
  });
  const title = { title: 'Play', capacity: 1 };
  await expect(createEvent(withoutToken, title, {})).rejects.toThrow(/BOXOFFICE_TOKEN says who asks/);
  await expect(createEvent(new Client({ url: office.url, token: buyer }), title, {})).rejects.toThrow(/organizer's/);
  await expect(createEvent(client, { title: '', capacity: 1 }, {})).rejects.toThrow(/^title: /);
  await expect(showEvent(client, '999', {})).rejects.toThrow('there is no event 999');
  await expect(listBookings(client, { event: '999', csv: true, limit: 1 })).rejects.toThrow('Event not found');
  await expect(showEvent(new Client({ url: `${office.url}/docs`, token: null }), '1', {})).rejects.toThrow(
    /is no box office; BOXOFFICE_URL says where it is/,
  );
  // A command that asks a box office has nothing to do with a database, whatever the environment says of one.
  const away = { BOXOFFICE_URL: 'http://127.0.0.1:9', DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' };
  expect(await runCommand(['event', 'list'], away)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^boxoffice: no box office answers at http:\/\/127\.0\.0\.1:9 \(.*\); BOXOFFICE_URL .*\n$/,
    ),
  });
});
