import { describe, expect, test } from 'vitest';
import { eventTime } from '../../src/events/event-time.ts';
import { a4Page } from '../../src/tickets/rendering/pages/a4-page.ts';
import type { Box } from '../../src/tickets/rendering/pages/page.ts';
import { phonePage } from '../../src/tickets/rendering/pages/phone-page.ts';
import type { PrintedTicket } from '../../src/tickets/rendering/pages/printed-ticket.ts';
import { FontShelf } from '../../src/tickets/rendering/type/font-shelf.ts';
import { HOSTILE_TITLES } from '../support/hostile-titles.ts';

const shelf = new FontShelf();
const TICKET: PrintedTicket = {
  title: 'Concert',
  venue: null,
  startsAt: null,
  endsAt: null,
  timeZone: 'UTC',
  holderName: null,
  reference: 'JA479RCZSX3ZQF3V',
  serial: 1,
  quantity: 2,
  code: '7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ',
  issuedAt: '2026-11-27T10:00:00Z',
};
const TIMES = {
  startsAt: '2027-05-14T18:00:00Z',
  endsAt: '2027-05-17T01:30:00Z',
  timeZone: 'America/Argentina/ComodRivadavia',
};

/** The longest that everything else may be. */
function withEverything(words: string): PrintedTicket {
  return {
    ...TICKET,
    ...TIMES,
    title: words,
    venue: words,
    holderName: words,
    code: 'W'.repeat(64),
    reference: 'W'.repeat(32),
  };
}

const TICKETS = Object.entries({
  'nothing but a title': TICKET,
  ...Object.fromEntries(Object.entries(HOSTILE_TITLES).map(([what, words]) => [what, withEverything(words)])),
});

describe.each([
  ['A4', a4Page],
  ['phone', phonePage],
])('nothing on a page (%s) leaves it or stands on something else', (_size, layOut) => {
  test.each(TICKETS)('%s', async (_what, ticket) => {
    const page = await layOut(shelf, ticket);
    const boxes = page.items.flatMap((item) => (item.kind === 'text' || item.kind === 'qr' ? [item.box] : []));
    for (const [i, box] of boxes.entries()) {
      expect(isWithin(box, { x: 0, y: 0, ...page })).toBe(true);
      expect(boxes.slice(i + 1).filter((other) => overlap(box, other))).toEqual([]);
    }
    const tearLine = page.items.find(({ kind }) => kind === 'tear-line') as { y: number };
    expect(boxes.filter(({ y, height }) => y < tearLine.y && tearLine.y < y + height)).toEqual([]);
  });
});

function isWithin(inner: Box, outer: Box): boolean {
  const right = inner.x + inner.width <= outer.x + outer.width;
  return right && inner.x >= outer.x && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}

function overlap(one: Box, other: Box): boolean {
  const apart = one.x + one.width <= other.x || other.x + other.width <= one.x;
  return !apart && one.y + one.height > other.y && other.y + other.height > one.y;
}

describe('the time of an event', () => {
  test.each([
    [
      'in its own zone',
      '2026-12-04T19:00:00Z',
      null,
      'Europe/Berlin',
      ['Friday, 4 December 2026', '20:00', 'CET (Europe/Berlin)'],
    ],
    [
      'in summer',
      '2027-07-01T22:30:00Z',
      '2027-07-01T23:00:00Z',
      'Europe/Berlin',
      ['Friday, 2 July 2027', '00:30 – 01:00', 'CEST (Europe/Berlin)'],
    ],
    [
      'over days',
      '2027-07-01T10:00:00Z',
      '2027-07-02T10:00:00Z',
      'UTC',
      ['Thursday, 1 July 2027', '10:00 – Friday, 2 July 2027, 10:00', 'UTC'],
    ],
    [
      'where no short name is known',
      '2026-12-04T19:00:00Z',
      null,
      'Asia/Kolkata',
      ['Saturday, 5 December 2026', '00:30', 'GMT+5:30 (Asia/Kolkata)'],
    ],
  ] as const)('%s', (_case, startsAt, endsAt, timeZone, expected) => {
    expect(Object.values(eventTime({ startsAt, endsAt, timeZone }) ?? {})).toEqual(expected);
  });

  test('is left out where nobody has said it', () => {
    expect(eventTime({ startsAt: null, endsAt: null, timeZone: 'UTC' })).toBeNull();
  });
});
