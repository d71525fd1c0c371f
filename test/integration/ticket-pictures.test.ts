import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { ticketsOf } from '../support/tickets.ts';

interface HeldTicket {
  readonly qrUrl: string;
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
  const booked = await bookTicket(office.url, { eventId, quantity: 2 });
  const id = Number('id' in booked && booked.id);
  await ticketsOf(office.container, id);
  const query = 'query ($id: ID!) { booking(id: $id) { tickets { qrUrl } } }';
  const { booking } = await graphqlData<{ booking: { tickets: [HeldTicket, HeldTicket] } }>(office.url, query, { id });
  return { id, tickets: booking.tickets };
}

const ask = (path: string, headers: Record<string, string> = {}) => send(office.url, { path, headers });

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
