import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: a booking', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

  test('is PENDING at once, FINALIZED soon, and has one ticket per place', async () => {
    const eventId = await createEvent(office.url, { capacity: 5 });
    const booked = await bookTicket(office.url, { eventId, quantity: 2 });
    expect(booked).toMatchObject({ __typename: 'Booking', status: 'PENDING', quantity: 2, version: 1 });

    await eventually(async () => {
      const id = 'id' in booked ? booked.id : '';
      const query = `query ($id: ID!) { booking(id: $id) { status version tickets { serial code } } }`;
      const { booking } = await graphqlData<{ booking: { tickets: { code: string }[] } }>(office.url, query, { id });
      expect(booking).toMatchObject({ status: 'FINALIZED', version: 2, tickets: [{ serial: 1 }, { serial: 2 }] });
      expect(new Set(booking.tickets.map((ticket) => ticket.code)).size).toBe(2);
    });
  });
});
