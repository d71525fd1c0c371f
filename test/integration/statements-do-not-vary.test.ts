import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { noteStatements } from '../support/noted-statements.ts';
import { rush } from '../support/outcomes.ts';

const EVENTS = 6;
const BUYERS = 4;
const STATUSES = ['PENDING', 'FINALIZED', 'FAILED', 'CANCELLED'];

/** A text without what data could have put into it: numbers, strings but those of the table of states, lengths of lists. */
function withoutData(text: string): string {
  return text
    .replaceAll(/'((?:[^']|'')*)'/g, (literal, word: string) => (STATUSES.includes(word) ? literal : "''"))
    .replaceAll(/\$\d+/g, '?')
    .replaceAll(/\b\d+(\.\d+)?\b/g, '0')
    .replaceAll(/\(?(\?|''|0)\)?(\s*,\s*\(?\1\)?)*/g, '?');
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s: statements', (setup) => {
  const issuer = new GatedIssuer();
  let unanswered = 0;
  let office: BoxOffice;
  const texts = new Set<string>();

  beforeAll(async () => {
    const failpoints = async (point: string) => {
      if (point === 'booking:after-commit' && unanswered-- > 0) throw new Error('the answer was lost');
    };
    office = await openBoxOffice(setup, {
      env: { FINALIZE_ATTEMPTS: '2', LOG_LEVEL: 'fatal' },
      overrides: { issuer, failpoints },
    });
    await noteStatements(office.container.db, ({ sql }) => texts.add(sql));
  });
  afterAll(() => office.close());

  /** Groups of 1 to BUYERS bookings, with and without a key, a limit, places that are left, an issuer that works. */
  async function sell(round: number): Promise<number[]> {
    const { createEvent, bookTicket } = office.container;
    const events = await rush(EVENTS, (i) =>
      createEvent({ title: `Concert ${round}.${i}`, capacity: 5 + i, maxPerUser: i % 2 ? null : 3 }),
    );
    const ids: number[] = [];
    for (const [i, { id: eventId }] of events.entries()) {
      if (i % 3 === 0) issuer.failNext(3);
      if (i === round) unanswered = 1;
      for (const idempotencyKey of [null, `${round}.${i}`, `${round}.${i}`]) {
        const outcomes = await rush(1 + ((i + round) % BUYERS), (buyer) =>
          bookTicket({ eventId, userId: `o'buyer-${round}-${buyer}`, quantity: 1 + (buyer % 2), idempotencyKey }),
        );
        for (const outcome of outcomes) if (outcome.kind === 'booked') ids.push(outcome.booking.id);
      }
    }
    return ids;
  }

  async function readPages(round: number, ids: readonly number[]): Promise<void> {
    const { events } = await graphqlData<{ events: { edges: { cursor: string; node: { id: string } }[] } }>(
      office.url,
      `{ events(first: ${EVENTS + round}) { edges { cursor node { id bookedCount } } } report { totalReserved } }`,
    );
    const { cursor, node } = events.edges[round] as (typeof events.edges)[number];
    const filters = [
      '',
      `eventId: ${node.id}`,
      `userId: "o'buyer-${round}-0"`,
      `eventId: ${node.id}, userId: "o'buyer-${round}-1"`,
      ...STATUSES.map((status) => `status: ${status}`),
    ];
    const pages = filters.map((filter, i) => {
      const page = `(${filter ? `${filter}, ` : ''}first: ${5 + round + i}, after: "${cursor}")`;
      return `p${i}: bookings${page} { edges { node { id event { title } tickets { code } } } }`;
    });
    for (const page of pages) await graphqlData(office.url, `{ ${page} }`);
    const nodes = ids
      .slice(0, 2 + round)
      .map((id, i) => `b${i}: booking(id: ${id}) { id event { id } tickets { code } }`);
    await graphqlData(office.url, `{ ${nodes.join(' ')} eventStats(eventId: ${node.id}) { bookedCount } }`);
    const after = Buffer.from('after:1000').toString('base64url');
    await graphqlData(office.url, `{ events(first: ${3 + round}, after: "${after}") { edges { node { id } } } }`);
  }

  async function watchAndCancel(round: number, ids: readonly number[]): Promise<void> {
    const { liveUpdates, cancelBooking, bookings } = office.container;
    const watched = await bookings.find(ids[round] as number);
    const streams = [
      await liveUpdates.eventBookings(watched?.eventId ?? 0),
      await liveUpdates.eventStats(watched?.eventId ?? 0),
      await liveUpdates.bookingStatus(watched?.id ?? 0),
    ];
    await eventually(async () => expect(await bookings.countPending()).toBe(0), { timeoutMs: 15_000 });
    for (const id of ids.slice(round, round + 3)) await cancelBooking(id).catch(() => undefined);
    for (const stream of streams) await stream.return();
  }

  test('have a text that no event, user, key, group or page changes, so each is compiled once', async () => {
    for (const round of [0, 1, 2]) {
      const ids = await sell(round);
      await readPages(round, ids);
      await watchAndCancel(round, ids);
    }
    const alike = Map.groupBy(texts, withoutData);
    expect([...alike.values()].filter((group) => group.length > 1)).toEqual([]);
    expect(alike.size).toBeGreaterThan(20);
  });
});
