import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { runCommand } from '../support/boxoffice-process.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { hold } from '../support/holds.ts';
import { type HttpRequest, send } from '../support/http-client.ts';
import { bookingOf } from '../support/outcomes.ts';
import { createSetup, type SetupEnvironment } from '../support/setups.ts';
import { qrPayloadOf, ticketsOf } from '../support/tickets.ts';
import { join } from '../support/waiting-list.ts';

const ADDRESS = 'ada.lovelace@mail.example';
const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) { ... on Booking { id } } }`;

let office: BoxOffice;
const logged: string[] = [];
beforeAll(async () => {
  const log = createLogger('trace', { destination: { write: (line) => logged.push(line) } });
  office = await openBoxOffice('embedded', { overrides: { log } });
});
afterAll(() => office.close());

test('no line of the log has the code of a ticket or an address of e-mail, whoever asks and however', async () => {
  const { container, url } = office;
  const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
  const input = { eventId, userId: ADDRESS, holderName: ADDRESS, idempotencyKey: ADDRESS, quantity: 2 };
  const { bookTicket } = await graphqlData<{ bookTicket: { id: string } }>(url, BOOK, { input });
  const tickets = await ticketsOf(container, Number(bookTicket.id));
  const [code, other] = tickets.map((ticket) => ticket.code) as [string, string];
  const escaped = `%${code.charCodeAt(0).toString(16)}${code.slice(1)}`;
  const scan = { event_id: eventId, device_id: 'gate-1', nonce: 'n' };
  const requests: (HttpRequest & { readonly status: number })[] = [
    { status: 200, path: `/tickets/${code}.png`, headers: { referer: `${url}/tickets/${other}.svg` } },
    { status: 200, path: `/tickets/${escaped}.svg` },
    { status: 404, path: `/tickets/${code}` },
    { status: 404, path: `/nowhere?next=%2Ftickets%2F${other}.png&for=${ADDRESS}` },
    { status: 200, path: `/booking/${bookTicket.id}` },
    { status: 200, path: `/booking?user_id=${ADDRESS}` },
    { status: 200, path: `/booking?user_id=${encodeURIComponent(ADDRESS)}` },
    { status: 200, path: `/event/${eventId}/bookings.csv` },
    { status: 200, path: '/check-in', body: { ...scan, code } },
    { status: 409, path: '/check-in', body: { ...scan, nonce: 'm', code } },
    { status: 200, path: '/check-in', body: { ...scan, qr_payload: await qrPayloadOf(container, eventId, other) } },
    { status: 422, path: '/check-in', body: { ...scan, code: [code], qr_payload: ADDRESS } },
    { status: 422, path: '/book', body: { user_id: ADDRESS, event_id: eventId } },
    { status: 200, path: `/booking/${bookTicket.id}/cancel`, body: {} },
    { status: 410, path: `/tickets/${code}.png` },
  ];
  for (const { status, ...request } of requests) {
    expect([request.path, (await send(url, request)).status]).toEqual([request.path, status]);
  }
  const log = logged.join('');
  expect(log.match(/"msg":"answered"/g)?.length).toBeGreaterThanOrEqual(requests.length);
  for (const secret of [code, code.slice(1), other, 'lovelace']) expect(log).not.toContain(secret);
});

test('boxoffice erase says of how many bookings, and nothing of whom', async () => {
  const setup: SetupEnvironment = await createSetup('embedded');
  const own = await openBoxOffice('embedded', { env: setup.env, worker: false });
  const { id: eventId } = await own.container.createEvent({ title: 'Concert', capacity: 10 });
  const input = { eventId, userId: ADDRESS };
  await own.container.bookTicket({ ...input, holderName: 'Ada', idempotencyKey: 'k' });
  const { id } = bookingOf(await own.container.bookTicket(input));
  const { id: soldOutId } = await own.container.createEvent({ title: 'Play', capacity: 1 });
  await hold(own.container, soldOutId);
  await join(own.container, soldOutId, ADDRESS);
  const erase = (...args: string[]) => runCommand(['erase', ...args], setup.env);

  // Beside the box office that has the database open.
  expect(await erase('--user', ADDRESS)).toEqual({
    code: 0,
    signal: null,
    stdout:
      '2 bookings no longer say whose they are; 1 had a name, 0 an e-mail address, 1 an idempotency key\n' +
      '1 entries of waiting lists no longer say whose they are\n',
    stderr: '',
  });
  expect(await own.container.bookings.find(id)).toMatchObject({ userId: expect.stringMatching(/^erased-/) });
  expect(await erase('--user', ADDRESS)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 bookings /) });
  expect(await erase('--user', '')).toMatchObject({ code: 1, stdout: '' });
  await own.close();
  await setup.remove();
});
