import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { ticketsOf } from '../support/tickets.ts';

interface HeldTicket {
  readonly qrUrl: string;
  readonly pdfUrl: string;
}

const KINDS = ['qrUrl', 'pdfUrl'] as const;

let office: BoxOffice;
let eventId: string;
beforeAll(async () => {
  office = await openBoxOffice('embedded');
  eventId = await createEvent(office.url, { capacity: 100 });
  // The first page takes its time on a machine that is busy with other things.
  const { tickets } = await holdTwo();
  await eventually(async () => expect(await ask(tickets[0].pdfUrl)).toMatchObject({ status: 200 }));
});
afterAll(() => office.close());

/** Two tickets of a booking that is final. */
async function holdTwo(): Promise<{ id: number; tickets: readonly [HeldTicket, HeldTicket] }> {
  const booked = await bookTicket(office.url, { eventId, quantity: 2 });
  const id = Number('id' in booked && booked.id);
  await ticketsOf(office.container, id);
  const query = 'query ($id: ID!) { booking(id: $id) { tickets { qrUrl pdfUrl } } }';
  const { booking } = await graphqlData<{ booking: { tickets: [HeldTicket, HeldTicket] } }>(office.url, query, { id });
  return { id, tickets: booking.tickets };
}

const ask = (path: string, headers: Record<string, string> = {}) => send(office.url, { path, headers });

test.each(KINDS)(
  'a ticket (%s) is kept by nobody on the way, and is not sent again to whoever has it',
  async (kind) => {
    const { tickets } = await holdTwo();
    const first = await ask(tickets[0][kind]);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'cache-control': 'no-store, private',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'content-disposition': expect.stringMatching(/^inline; filename="ticket-[0-9A-Z]+-1\.(png|pdf)"$/),
    });
    const etag = first.headers.get('etag') ?? '';
    expect(await ask(tickets[0][kind], { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304 });
    expect(await ask(tickets[1][kind], { 'if-none-match': etag })).toMatchObject({ status: 200 });
  },
);

test('a page of another size, and that of an event which was edited, is another one', async () => {
  const { tickets } = await holdTwo();
  const { pdfUrl } = tickets[0];
  const etagOf = async (path: string) => (await ask(path)).headers.get('etag');
  const etag = await etagOf(pdfUrl);
  expect(await etagOf(`${pdfUrl}?size=a4`)).toBe(etag);
  expect(await etagOf(`${pdfUrl}?size=phone`)).not.toBe(etag);
  await sql`update events set venue = 'Elsewhere' where id = ${eventId}`.execute(office.container.db.em().getKysely());
  expect(await etagOf(pdfUrl)).not.toBe(etag);
});

test('a page of no size that there is is refused', async () => {
  const { status, body } = await ask('/tickets/7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.pdf?size=a5');
  expect([status, body]).toMatchObject([422, { detail: [{ type: 'enum', loc: ['query', 'size'], input: 'a5' }] }]);
});

test('a ticket that was cancelled is gone, and one that there is not is not found', async () => {
  const { id, tickets } = await holdTwo();
  await graphqlData(office.url, `mutation { cancelBooking(id: ${id}) { status } }`);
  for (const url of tickets.flatMap((ticket) => KINDS.map((kind) => ticket[kind]))) {
    const gone = await ask(url);
    expect(gone).toMatchObject({ status: 410 });
    expect(gone.body).toMatchObject({ code: 'TICKET_CANCELLED', retryable: false });
    expect(gone.headers.get('cache-control')).toBe('no-store, private');
  }
  for (const format of ['png', 'pdf']) {
    expect(await ask(`/tickets/7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.${format}`)).toMatchObject({ status: 404 });
  }
});

test('whoever checks tickets elsewhere finds the public keys, and no private one', async () => {
  const answer = await ask('/.well-known/boxoffice-keys.json');
  expect(answer.body).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', kid: expect.any(String), x: expect.any(String) }],
  });
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
});
