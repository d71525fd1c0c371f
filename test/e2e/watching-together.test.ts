import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { openSubscriber, type Watch } from '../support/subscriber.ts';
import { bearer, JWT_ENV, type TokenOptions } from '../support/tokens.ts';

const WATCHERS = 15;
const SOCKETS = 3;
const STATUS = `subscription ($id: ID!) {
  bookingStatusChanged(bookingId: $id) { status userId event { title } tickets { code } } }`;
const OTHERWISE = STATUS.replace('status', 'status version');
const BOOK = `mutation ($input: BookTicketInput!) {
  bookTicket(input: $input) { ... on Booking { id reference } } }`;

interface Status {
  readonly bookingStatusChanged: {
    readonly status: string;
    readonly userId: string;
    readonly tickets: readonly { readonly code: string }[];
  };
}

describe('those who watch the same', () => {
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { overrides: { issuer }, env: JWT_ENV });
    eventId = await createEvent(office.url, { capacity: 100 }, await bearer('organizer', { role: 'organizer' }));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    issuer.open();
    return office.close();
  });

  async function bookAs(userId: string): Promise<{ id: string; reference: string }> {
    type Booked = { bookTicket: { id: string; reference: string } };
    return (await graphqlData<Booked>(office.url, BOOK, { input: { eventId } }, await bearer(userId))).bookTicket;
  }

  async function subscriber(userId: string, options?: TokenOptions) {
    return openSubscriber(office.websocketUrl, await bearer(userId, options));
  }

  test('cost one execution and one read for an update, on whatever socket, and those who ask otherwise no more reads', async () => {
    const booking = await bookAs('alice');
    const staff = Array.from({ length: SOCKETS }, (_, n) => subscriber(`staff-${n}`, { role: 'staff' }));
    const sockets = await Promise.all(staff);
    const watches = Array.from(
      { length: WATCHERS },
      (_, n) => sockets[n % SOCKETS] as (typeof sockets)[number],
    ).flatMap((socket) => [STATUS, OTHERWISE].map((query) => socket.subscribe<Status>(query, { id: booking.id })));
    for (const watch of watches) await watch.next();

    const events = vi.spyOn(office.container.events, 'findMany');
    const tickets = vi.spyOn(office.container.tickets, 'ofBookings');
    issuer.release(booking.reference);
    const seen = await Promise.all(watches.map((watch) => watch.rest()));
    expect(seen.map((values) => values.map(({ bookingStatusChanged }) => bookingStatusChanged.status))).toEqual(
      watches.map(() => ['FINALIZED']),
    );
    expect([events, tickets].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  test('with the same words and another permission are shown what each may see', async () => {
    const booking = await bookAs('alice');
    const watchAs = async (userId: string, options?: TokenOptions): Promise<Watch<Status>> =>
      (await subscriber(userId, options)).subscribe<Status>(STATUS, { id: booking.id });
    const [staff, alice, bob] = await Promise.all([
      watchAs('staff', { role: 'staff' }),
      watchAs('alice'),
      watchAs('bob'),
    ]);
    const refused = await bob.errors();
    expect(refused).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    await bob.completed();
    for (const watch of [staff, alice]) expect((await watch.next()).bookingStatusChanged.userId).toBe('alice');

    issuer.release(booking.reference);
    for (const watch of [staff, alice]) {
      const values = await watch.rest();
      expect(values.map(({ bookingStatusChanged: { status, tickets } }) => [status, tickets.length])).toEqual([
        ['FINALIZED', 1],
      ]);
    }
    expect(bob.queue.unread).toEqual([]);
  });
});
