import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphql, graphqlData } from '../support/graphql-client.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';

const DETAILS = {
  description: 'Doors at 7.\nNo seats.',
  venue: 'Ωδείο · دار الأوبرا',
  starts_at: '2030-06-01T18:00:00Z',
  ends_at: '2030-06-01T22:30:00.500Z',
  time_zone: 'Europe/Berlin',
  sales_open_at: '2026-01-01T00:00:00Z',
  sales_close_at: '2030-06-01T17:00:00Z',
  max_per_booking: 6,
  max_per_user: 12,
};
const EVENT = `id title description venue startsAt endsAt timeZone capacity bookedCount status cancellationReason
  salesOpenAt salesCloseAt maxPerBooking maxPerUser version`;
const CREATE = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { ${EVENT} } }`;
const UPDATE = `mutation ($id: ID!, $version: Int!, $input: UpdateEventInput!) {
  updateEvent(id: $id, expectedVersion: $version, input: $input) {
    __typename ... on Event { ${EVENT} } ... on EventUpdateRefused { code message event { id bookedCount version } } } }`;
const CANCEL = `mutation ($id: ID!, $reason: String!) { cancelEvent(id: $id, reason: $reason) { ${EVENT} } }`;

let office: BoxOffice;
/** Every answer it returns has a documented status and a body as documented. */
let rest: Rest;
beforeAll(async () => {
  office = await openBoxOffice('embedded');
  rest = await documentedRest(office.url);
});
afterAll(() => office.close());

describe('over REST an event', () => {
  const create = async (more: object = {}) =>
    (await rest('POST', '/event', { body: { title: 'Concert', capacity: 10, ...more } })).body.id as number;
  const patch = (id: number, body: object) => rest('PATCH', `/event/${id}`, { body });

  test('is created with all its details, edited, and cancelled with a reason', async () => {
    const id = await create(DETAILS);
    const created = (await rest('GET', `/event/${id}`)).body;
    expect(created).toMatchObject({ ...DETAILS, status: 'ON_SALE', cancellation_reason: null, version: 1 });
    await rest('POST', '/book', { body: { user_id: 1, event_id: id, quantity: 4 } });

    const title = '🎭'.repeat(200);
    const change = { title, venue: null, capacity: '4', starts_at: '2030-06-02T20:00:00+02:00', max_per_user: null };
    const edited = await patch(id, { expected_version: 1, ...change, ends_at: null });
    expect(edited.body).toEqual({
      ...created,
      ...change,
      capacity: 4,
      booked_count: 4,
      starts_at: '2030-06-02T18:00:00Z',
      ends_at: null,
      version: 2,
    });
    expect((await patch(id, { expected_version: 2, status: 'CLOSED' })).body).toMatchObject({ status: 'CLOSED' });

    const cancelled = await rest('POST', `/event/${id}/cancel`, { body: { reason: 'The band is ill.' } });
    expect(cancelled.body).toMatchObject({ status: 'CANCELLED', cancellation_reason: 'The band is ill.', version: 4 });
    const again = await rest('POST', `/event/${id}/cancel`, { body: { reason: 'rain' } });
    expect(again.body).toMatchObject({ cancellation_reason: 'The band is ill.', version: 4 });
    await eventually(async () => expect((await rest('GET', `/event/${id}`)).body.booked_count).toBe(0));
  });

  test('is not edited when that is refused, and the answer has the numbers', async () => {
    const id = await create();
    await rest('POST', '/book', { body: { user_id: 1, event_id: id, quantity: 3 } });
    await patch(id, { expected_version: 1 });
    const numbers = { status: 409, version: 2, booked_count: 3 };
    expect((await patch(id, { expected_version: 1, title: 'Play' })).body).toMatchObject({
      ...numbers,
      code: 'VERSION_CONFLICT',
      detail: 'The event has version 2, not 1: somebody else has edited it.',
    });
    expect((await patch(id, { expected_version: 2, capacity: 2 })).body).toMatchObject({
      ...numbers,
      code: 'CAPACITY_BELOW_BOOKED',
      detail: '3 places are booked, so there cannot be 2.',
    });
    await rest('POST', `/event/${id}/cancel`, { body: { reason: 'rain' } });
    expect((await patch(id, { expected_version: 3, title: 'Play' })).body).toMatchObject({
      status: 409,
      code: 'EVENT_CANCELLED',
    });
    expect((await patch(2_147_483_647, { expected_version: 1 })).body).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  test.each<[string, object, string]>([
    [
      'ends_at',
      { starts_at: '2030-06-01T18:00:00Z', ends_at: '2030-06-01T17:00:00Z' },
      'must be after the event starts',
    ],
    ['sales_close_at', { sales_open_at: '2030-01-02T00:00:00Z', sales_close_at: '2030-01-01T00:00:00Z' }, 'sale opens'],
    ['starts_at', { starts_at: '2030-02-30T00:00:00Z' }, 'must be a date and time'],
    ['time_zone', { time_zone: 'Mars/Olympus' }, 'IANA'],
    ['venue', { venue: 'a\u0007b' }, 'control characters'],
    ['description', { description: 'a\u0000b' }, 'control characters'],
    ['title', { title: 'two\nlines' }, 'control characters'],
  ])('is refused with %s: %j', async (field, body, message) => {
    const id = await create();
    const answers = [
      await rest('POST', '/event', { body: { title: 'Concert', capacity: 1, ...body } }),
      await patch(id, { expected_version: 1, ...body }),
    ];
    for (const { status, body: answer } of answers) {
      expect(status).toBe(422);
      expect(answer.detail).toMatchObject([{ loc: ['body', field], msg: expect.stringContaining(message) }]);
    }
    expect((await patch(id, { ...body })).body.detail).toContainEqual(
      expect.objectContaining({ type: 'missing', loc: ['body', 'expected_version'] }),
    );
  });
});

test('over GraphQL an event is created, edited and cancelled with the same answers', async () => {
  const { url } = office;
  const input = {
    title: 'Concert',
    capacity: 10,
    description: DETAILS.description,
    venue: DETAILS.venue,
    startsAt: '2030-06-01T18:00:00.000Z',
    endsAt: '2030-06-01T22:30:00.500Z',
    timeZone: DETAILS.time_zone,
  };
  const { createEvent: created } = await graphqlData<{ createEvent: { id: string } }>(url, CREATE, { input });
  const { id } = created;
  expect(created).toMatchObject({ ...input, version: 1, cancellationReason: null });
  const update = async (version: number, change: object) =>
    (await graphqlData<{ updateEvent: object }>(url, UPDATE, { id, version, input: change })).updateEvent;
  expect(await update(1, { venue: null, status: 'CLOSED' })).toMatchObject({
    __typename: 'Event',
    venue: null,
    title: 'Concert',
    status: 'CLOSED',
    version: 2,
  });
  expect(await update(1, { title: 'Play' })).toEqual({
    __typename: 'EventUpdateRefused',
    code: 'VERSION_CONFLICT',
    message: 'The event has version 2, not 1: somebody else has edited it.',
    event: { id, bookedCount: 0, version: 2 },
  });
  for (const change of [{ endsAt: '2030-01-01T00:00:00Z' }, { title: null }, { status: 'CANCELLED' }]) {
    const { errors } = await graphql(url, UPDATE, { id, version: 2, input: change });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  const { cancelEvent } = await graphqlData<{ cancelEvent: object }>(url, CANCEL, { id, reason: 'rain' });
  expect(cancelEvent).toMatchObject({ status: 'CANCELLED', cancellationReason: 'rain', version: 3 });
  expect(await update(3, { title: 'Play' })).toMatchObject({ code: 'EVENT_CANCELLED' });
});
