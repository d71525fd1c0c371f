import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TicketRenderer } from '../../src/tickets/rendering/ticket-renderer.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { ticketsOf } from '../support/tickets.ts';

interface HeldTicket {
  readonly code: string;
  readonly qrPayload: string;
  readonly qrUrl: string;
  readonly booking: { readonly id: string; readonly holderName: string };
  readonly event: { readonly title: string };
}

let office: BoxOffice;
let eventId: string;
beforeAll(async () => {
  office = await openBoxOffice('embedded');
  eventId = await createEvent(office.url, { capacity: 100 });
});
afterAll(() => office.close());

/** Two tickets of a booking that is final. */
async function holdTwo(): Promise<{ id: number; tickets: readonly [HeldTicket, HeldTicket] }> {
  const booked = await bookTicket(office.url, { eventId, quantity: 2, holderName: 'Ada Lovelace' });
  const id = Number('id' in booked && booked.id);
  await ticketsOf(office.container, id);
  const query = `query ($id: ID!) { booking(id: $id) {
    tickets { code qrPayload qrUrl booking { id holderName } event { title } } } }`;
  const { booking } = await graphqlData<{ booking: { tickets: [HeldTicket, HeldTicket] } }>(office.url, query, { id });
  return { id, tickets: booking.tickets };
}

const ask = (path: string, headers: Record<string, string> = {}) => send(office.url, { path, headers });

/** What a reader that is not ours sees. */
function seenIn(picture: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(picture);
  return jsqr.default(new Uint8ClampedArray(data), width, height)?.data;
}

test('the QR code of each ticket says its payload, at the address that both APIs give, and leads to its booking', async () => {
  const { id, tickets } = await holdTwo();
  const { body: rest } = await ask(`/booking/${id}`);
  expect(rest).toMatchObject({ holder_name: 'Ada Lovelace', tickets: tickets.map(({ qrUrl }) => ({ qr_url: qrUrl })) });
  for (const { qrUrl, qrPayload, booking, event } of tickets) {
    const png = await fetch(office.url + qrUrl);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(seenIn(Buffer.from(await png.arrayBuffer()))).toBe(qrPayload);
    expect({ booking, event }).toEqual({
      booking: { id: `${id}`, holderName: 'Ada Lovelace' },
      event: { title: 'Concert' },
    });
  }
  expect(new Set(tickets.map(({ qrPayload }) => qrPayload)).size).toBe(2);
});

test('as SVG it has four free modules around it', async () => {
  const { tickets } = await holdTwo();
  const { status, headers, text } = await ask(tickets[0].qrUrl.replace('.png', '.svg'));
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(text)?.[1]);
  const [, modules = ''] = /stroke="#000000" d="([^"]+)"/.exec(text) ?? [];
  const [, left, top] = /^M(\d+) (\d+)\.5/.exec(modules) ?? [];
  expect([left, top]).toEqual(['4', '4']);
  // A symbol is 17 modules and four for each version wide.
  expect((size - 2 * 4 - 17) % 4).toBe(0);
});

test('a ticket is kept by nobody on the way, and is not sent again to whoever has it', async () => {
  const { tickets } = await holdTwo();
  const first = await ask(tickets[0].qrUrl);
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'cache-control': 'no-store, private',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  });
  const etag = first.headers.get('etag') ?? '';
  expect(await ask(tickets[0].qrUrl, { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304 });
  expect(await ask(tickets[1].qrUrl, { 'if-none-match': etag })).toMatchObject({ status: 200 });
});

test('a ticket that was cancelled is gone, and one that there is not is not found', async () => {
  const { id, tickets } = await holdTwo();
  await graphqlData(office.url, `mutation { cancelBooking(id: ${id}) { status } }`);
  for (const { qrUrl } of tickets) {
    const gone = await ask(qrUrl);
    expect(gone).toMatchObject({ status: 410 });
    expect(gone.body).toMatchObject({ code: 'TICKET_CANCELLED', retryable: false });
    expect(gone.headers.get('cache-control')).toBe('no-store, private');
  }
  expect(await ask('/tickets/7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.png')).toMatchObject({ status: 404 });
});

test('whoever checks tickets elsewhere finds the public keys, and no private one', async () => {
  const answer = await ask('/.well-known/boxoffice-keys.json');
  expect(answer.body).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', kid: expect.any(String), x: expect.any(String) }],
  });
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
});

describe('the thread that renders', () => {
  const threadOf = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const prelude = "import { parentPort } from 'node:worker_threads';";
  const request = { format: 'svg', qrPayload: 'BO1' } as const;

  test('refuses what does not fit into its queue, and answers what does', async () => {
    const renderer = new TicketRenderer(office.container.log, { maxWaiting: 2 });
    const asked = Array.from({ length: 10 }, () => renderer.render(request).then(() => 'rendered', codeOf));
    const answers = await Promise.all(asked);
    expect(Object.groupBy(answers, String)).toEqual({
      rendered: expect.objectContaining({ length: 3 }),
      SERVICE_UNAVAILABLE: expect.objectContaining({ length: 7 }),
    });
    await renderer.close();
  });

  test('that does not answer is ended, and the next ticket has a new one', async () => {
    const hangs = threadOf(`${prelude} parentPort.once('message', () => { for (;;); });`);
    const renderer = new TicketRenderer(office.container.log, { timeLimitMs: 500 }, hangs);
    expect(await renderer.render(request).catch(codeOf)).toBe('SERVICE_UNAVAILABLE');
    expect(await renderer.render(request).catch(codeOf)).toBe('SERVICE_UNAVAILABLE');
    await renderer.close();
  });

  test('that ends costs the ticket it was at, and not the process', async () => {
    const ends = threadOf(`${prelude} parentPort.once('message', () => { throw new Error('font'); });`);
    const renderer = new TicketRenderer(office.container.log, {}, ends);
    expect(await renderer.render(request).catch(codeOf)).toBe('SERVICE_UNAVAILABLE');
    await renderer.close();
  });
});

const codeOf = ({ code }: { readonly code: string }) => code;
