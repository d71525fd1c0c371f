import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { bookingOf } from '../support/outcomes.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

let office: BoxOffice;
/** Every answer it returns has a documented status and a body as documented. */
let rest: Rest;
let concert: number;
let play: number;
const headers: Record<'ada' | 'staff', Record<string, string>> = { ada: {}, staff: {} };

beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false, env: JWT_ENV });
  rest = await documentedRest(office.url);
  headers.ada = await bearer('ada');
  headers.staff = await bearer('3', { role: 'staff' });
  const { createEvent, bookTicket, cancelBooking } = office.container;
  ({ id: concert } = await createEvent({ title: 'Concert', capacity: 100 }));
  ({ id: play } = await createEvent({ title: 'Play', capacity: 100 }));
  for (const [eventId, userId] of [
    [concert, '42'],
    [concert, 'ada'],
    [play, 'ada'],
    [concert, 'ada'],
  ] as const) {
    await bookTicket({ eventId, userId, holderName: 'Zoë' });
  }
  await cancelBooking(bookingOf(await bookTicket({ eventId: concert, userId: 'ada' })).id);
});
afterAll(() => office.close());

const ids = async (query: string, who: keyof typeof headers = 'staff'): Promise<number[]> => {
  const { body } = await rest('GET', `/booking?${query}`, { headers: headers[who] });
  return body.items.map(({ id }: { id: number }) => id);
};

describe('GET /booking', () => {
  test('shows each booking as GET /booking/{id} does, but for its tickets', async () => {
    const { body, text } = await rest('GET', '/booking?user_id=42', { headers: headers.staff });
    const { tickets: _, ...booking } = (await rest('GET', '/booking/1', { headers: headers.staff })).body;
    expect(body.items).toEqual([booking]);
    expect(text).toMatch(
      /^\{"items":\[\{"id":1,.*,"holder_name":"Zoë","email":null,"mail_status":null,"mail_error":null,"payment_reference":null\}\],"has_next_page":false,"end_cursor":"\w+"\}$/,
    );
  });

  test('lists them newest first by every filter, and the filters add up', async () => {
    const shown = {
      '': [5, 4, 3, 2, 1],
      [`event_id=${concert}`]: [5, 4, 2, 1],
      'user_id=ada': [5, 4, 3, 2],
      'status=PENDING': [4, 3, 2, 1],
      [`event_id=${concert}&user_id=ada`]: [5, 4, 2],
      [`event_id=${concert}&status=CANCELLED`]: [5],
      'user_id=ada&status=PENDING': [4, 3, 2],
      [`event_id=${play}&user_id=ada&status=PENDING`]: [3],
      'event_id=0': [],
      'event_id=2147483647': [],
      'user_id=nobody': [],
    };
    const found = await Promise.all(Object.keys(shown).map(async (query) => [query, await ids(query)]));
    expect(Object.fromEntries(found)).toEqual(shown);
  });

  test('goes page by page, to the same end as GraphQL', async () => {
    const seen: number[] = [];
    for (let after = ''; ; ) {
      const { body } = await rest('GET', `/booking?event_id=${concert}&first=3${after}`, { headers: headers.staff });
      seen.push(...body.items.map(({ id }: { id: number }) => id));
      if (!body.has_next_page) break;
      after = `&after=${body.end_cursor}`;
    }
    const query = `{ bookings(eventId: ${concert}) { edges { node { id } } } }`;
    const asked = await fetch(`${office.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers.staff },
      body: JSON.stringify({ query }),
    });
    const { data } = (await asked.json()) as { data: { bookings: { edges: { node: { id: string } }[] } } };
    expect(seen).toEqual(data.bookings.edges.map(({ node }) => Number(node.id)));
    const empty = await rest('GET', '/booking?user_id=nobody', { headers: headers.staff });
    expect(empty.body).toEqual({ items: [], has_next_page: false, end_cursor: null });
  });

  test("shows a buyer their own, and nothing of somebody else's", async () => {
    expect(await ids('', 'ada')).toEqual([5, 4, 3, 2]);
    expect(await ids(`event_id=${play}`, 'ada')).toEqual([3]);
    expect(await ids('user_id=ada', 'ada')).toEqual([5, 4, 3, 2]);
    expect(await ids('user_id=42', 'ada')).toEqual([]);
  });

  test('finds a booking by what its buyer reads out, and shows it to those who may see it', async () => {
    const read = async (id: number) => (await rest('GET', `/booking/${id}`, { headers: headers.staff })).body.reference;
    const reference = await read(3);
    expect(await ids(`reference=${reference}`)).toEqual([3]);
    expect(await ids(`reference=${reference}&event_id=${play}&user_id=ada&status=PENDING`)).toEqual([3]);
    for (const other of [`event_id=${concert}`, 'user_id=42', 'status=CANCELLED', 'after=YWZ0ZXI6Mw']) {
      expect(await ids(`reference=${reference}&${other}`)).toEqual([]);
    }
    expect(await ids(`reference=${reference}`, 'ada')).toEqual([3]);
    expect(await ids(`reference=${await read(1)}`, 'ada')).toEqual([]);
    expect(await ids('reference=nonsense')).toEqual([]);
    const query = `{ bookings(reference: "${reference}") { edges { node { id } } } }`;
    const { bookings } = await graphqlData<{ bookings: object }>(office.url, query, {}, headers.staff);
    expect(bookings).toEqual({ edges: [{ node: { id: '3' } }] });
  });

  test.each([
    ['status=SOLD', { type: 'enum', loc: ['query', 'status'], input: 'SOLD' }],
    ['event_id=x', { type: 'int_parsing', loc: ['query', 'event_id'] }],
    ['user_id=', { type: 'string_too_short', loc: ['query', 'user_id'] }],
    ['reference=', { type: 'string_too_short', loc: ['query', 'reference'] }],
    ['first=101', { type: 'less_than_equal', loc: ['query', 'first'], ctx: { le: 100 } }],
    ['after=nonsense', { type: 'value_error', loc: ['query', 'after'] }],
  ])('refuses %s', async (query, fault) => {
    const { status, body } = await rest('GET', `/booking?${query}`, { headers: headers.staff });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([fault]);
  });

  test('names the states there are to whoever asks for another', async () => {
    const { body } = await rest('GET', '/booking?status=paid', { headers: headers.staff });
    const expected = "'HELD', 'PENDING', 'FINALIZED', 'FAILED', 'CANCELLED' or 'EXPIRED'";
    expect(body.detail).toMatchObject([{ msg: `Input should be ${expected}`, ctx: { expected } }]);
  });
});
