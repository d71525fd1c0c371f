import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { type BookTicketAnswer, bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

describe('npm start, without any configuration', () => {
  let folder: TemporaryFolder;
  let office: BoxOfficeProcess;

  beforeAll(async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const [node, program, ...args] = manifest.scripts.start.split(' ') as string[];
    expect([node, program]).toEqual(['node', 'dist/main.js']);
    folder = await temporaryFolder('first-five-minutes');
    office = await new BoxOfficeProcess(args, {}, { cwd: folder.path }).ready();
  });
  afterAll(async () => {
    expect(await office.stop('SIGINT')).toMatchObject({ code: 0 });
    expect(office.stderr).toBe('');
    await folder.remove();
  });

  test('sells two places, refuses the third, and shows the bookings become final', async () => {
    const { url } = office;
    const eventId = await createEvent(url, { title: 'Concert', capacity: 2 });
    const answers: BookTicketAnswer[] = [];
    for (const userId of ['alice', 'bob', 'carol']) answers.push(await bookTicket(url, { eventId, userId }));
    expect(answers).toEqual([
      expect.objectContaining({ __typename: 'Booking', status: 'PENDING', quantity: 1 }),
      expect.objectContaining({ __typename: 'Booking', status: 'PENDING', quantity: 1 }),
      expect.objectContaining({ __typename: 'BookingRefused', code: 'SOLD_OUT', availableCount: 0, retryable: false }),
    ]);

    for (const answer of answers) {
      if (answer.__typename === 'Booking') expect((await watch(url, answer.id)).at(-1)).toBe('FINALIZED');
    }

    const query = `query ($eventId: ID!) {
      eventStats(eventId: $eventId) { capacity bookedCount availableCount pendingCount finalizedCount }
      report { totalCapacity totalReserved totalFinalized } }`;
    expect(await graphqlData(url, query, { eventId })).toEqual({
      eventStats: { capacity: 2, bookedCount: 2, availableCount: 0, pendingCount: 0, finalizedCount: 2 },
      report: { totalCapacity: 2, totalReserved: 2, totalFinalized: 2 },
    });

    const stats = { event_id: Number(eventId), capacity: 2, booked_count: 2, finalized_count: 2 };
    expect(await rest(`/event/${eventId}/stats`)).toEqual({ status: 200, body: stats });
    expect(await rest(`/report/event/${eventId}`)).toEqual({ status: 200, body: stats });
    const report = { total_capacity: 2, total_reserved: 2, total_finalized: 2 };
    expect(await rest('/report')).toEqual({ status: 200, body: report });
  });

  async function rest(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${office.url}${path}`);
    return { status: response.status, body: await response.json() };
  }
});

/** @returns every status seen until the subscription completes */
async function watch(url: string, bookingId: string): Promise<string[]> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const query = 'subscription ($bookingId: ID!) { bookingStatusChanged(bookingId: $bookingId) { status } }';
  const seen: string[] = [];
  try {
    const updates = client.iterate<{ bookingStatusChanged: { status: string } }>({ query, variables: { bookingId } });
    for await (const { data } of updates) if (data) seen.push(data.bookingStatusChanged.status);
    return seen;
  } finally {
    await client.dispose();
  }
}
