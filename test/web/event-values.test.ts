import { expect, test } from 'vitest';
import type { EventFacts } from '../../src/web/generated/operations.ts';
import {
  changesOf,
  fieldsThatDiffer,
  inputOf,
  mergedValues,
  newEventValues,
  valuesOf,
} from '../../src/web/pages/dashboard/form/event-values.ts';

const EVENT = {
  id: '1',
  title: 'Concert',
  venue: null,
  description: null,
  startsAt: '2030-07-01T18:00:30.000Z',
  endsAt: null,
  timeZone: 'Europe/Berlin',
  salesOpenAt: null,
  salesCloseAt: null,
  maxPerBooking: 10,
  maxPerUser: null,
  maxHoldSeconds: 90,
  stats: { capacity: 100 },
} as EventFacts;

test('a form that nobody touched changes nothing, seconds of a time included', () => {
  const values = valuesOf(EVENT);
  expect(values).toMatchObject({ startsAt: '2030-07-01T20:00', maxHold: '1.5', maxPerUser: '', capacity: '100' });
  expect(changesOf(values, values)).toEqual({});
});

test('only what was changed is sent, what was emptied as nothing, and times follow their zone', () => {
  const before = valuesOf({ ...EVENT, venue: 'Hall' });
  expect(changesOf(before, { ...before, venue: ' ', title: ' Play ', maxHold: '2' })).toEqual({
    venue: null,
    title: 'Play',
    maxHoldSeconds: 120,
  });
  expect(changesOf(before, { ...before, timeZone: 'America/New_York' })).toEqual({
    timeZone: 'America/New_York',
    startsAt: '2030-07-02T00:00:00.000Z',
  });
});

test('of two who edit at once each keeps what only they changed', () => {
  const before = valuesOf(EVENT);
  const mine = { ...before, title: 'Mine', venue: 'Mine' };
  const theirs = { ...before, venue: 'Theirs', capacity: '50' };
  expect(mergedValues(before, mine, theirs)).toEqual({ ...before, title: 'Mine', venue: 'Mine', capacity: '50' });
  expect(fieldsThatDiffer(before, theirs)).toEqual(['venue', 'capacity']);
});

test('a new event has what was filled in, and nothing in place of the rest', () => {
  const values = { ...newEventValues('Europe/Berlin'), title: 'Concert', capacity: '20' };
  expect(inputOf(values)).toMatchObject({
    title: 'Concert',
    capacity: 20,
    venue: null,
    startsAt: null,
    maxHoldSeconds: 900,
  });
});
