import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { createEvent, graphql } from '../support/graphql-client.ts';
import { metricsOf, samplesOf } from '../support/metrics.ts';
import { operationsGuide } from '../support/operations-guide.ts';
import { bookingOf } from '../support/outcomes.ts';
import { promtool } from '../support/promtool.ts';

const LIMITS = { RATE_LIMIT_ADDRESS_READS: '3' };

describe('whoever watches a box office', () => {
  let offices: Record<'sqlite' | 'postgresql', BoxOffice>;
  let eventId: number;
  beforeAll(async () => {
    const [sqlite, postgresql] = await Promise.all([openBoxOffice('embedded'), openBoxOffice('postgresql + redis')]);
    offices = { sqlite, postgresql };
    for (const office of Object.values(offices)) await sellAndLetIn(office);
  });
  afterAll(() => Promise.all(Object.values(offices).map((office) => office.close())));

  /** Something of everything that is counted. */
  async function sellAndLetIn(office: BoxOffice): Promise<void> {
    const { bookTicket, confirmBooking, checkIn, tickets } = office.container;
    eventId = Number(await createEvent(office.url, { capacity: 3, maxHoldSeconds: 60 }));
    const first = { eventId, userId: 'alice', idempotencyKey: 'one' };
    const booking = bookingOf(await bookTicket(first));
    await bookTicket(first);
    const held = bookingOf(await bookTicket({ eventId, userId: 'bob', quantity: 2, holdSeconds: 60 }));
    await bookTicket({ eventId, userId: 'carol' });
    await bookTicket({ eventId, userId: 'carol', quantity: -1 }).catch(() => undefined);
    await confirmBooking(held.id, {});
    const [ticket] = await eventually(async () => {
      const issued = await tickets.ofBookings([booking.id]);
      expect(issued).toHaveLength(1);
      return issued;
    });
    const scan = { eventId, code: ticket?.code ?? '', deviceId: 'gate', nonce: 'a' };
    await checkIn(scan);
    await checkIn(scan);
    await checkIn({ ...scan, nonce: 'b' });
    await graphql(office.url, '{ events(first: 1) { edges { node { id } } } }');
    await fetch(`${office.url}/no/such/page/${Math.random()}`);
    await eventually(async () =>
      expect(await samplesOf(office, 'boxoffice_finalization_delay_seconds_count')).toEqual({ '': 2 }),
    );
  }

  test.each(['sqlite', 'postgresql'] as const)('sees what was sold and refused, and why (%s)', async (database) => {
    const office = offices[database];
    const requested = Object.entries(await samplesOf(office, 'boxoffice_booking_requests_total'));
    expect(Object.fromEntries(requested.filter(([, times]) => times > 0))).toEqual({
      'operation="book",outcome="accepted",code=""': 1,
      'operation="book",outcome="repeated",code=""': 1,
      'operation="book",outcome="refused",code="SOLD_OUT"': 1,
      'operation="book",outcome="failed",code="BAD_USER_INPUT"': 1,
      'operation="hold",outcome="accepted",code=""': 1,
      'operation="confirm",outcome="accepted",code=""': 1,
    });
    expect(await samplesOf(office, 'boxoffice_check_ins_total')).toEqual({
      'outcome="accepted",code=""': 1,
      'outcome="repeated",code=""': 1,
      'outcome="refused",code="ALREADY_REDEEMED"': 1,
    });
    expect(await samplesOf(office, 'boxoffice_commit_duration_seconds_count')).toMatchObject({
      'transaction="booking"': 2,
    });
    expect(await samplesOf(office, 'boxoffice_pending_bookings')).toEqual({ '': 0 });
    expect(await samplesOf(office, 'boxoffice_queue_messages')).toEqual({ 'state="waiting"': 0, 'state="active"': 0 });
    const requests = Object.keys(await samplesOf(office, 'boxoffice_http_request_duration_seconds_count'));
    expect(requests).toEqual(
      expect.arrayContaining([
        'method="POST",route="/graphql",operation="mutation",status="200"',
        'method="POST",route="/graphql",operation="query",status="200"',
        'method="GET",route="none",operation="",status="404"',
      ]),
    );
  });

  test('with Redis and PostgreSQL sees what waits for locks and connections', async () => {
    const { postgresql } = offices;
    const waited = await samplesOf(postgresql, 'boxoffice_lock_wait_seconds_count');
    expect(waited['']).toBeGreaterThanOrEqual(2);
    expect(await samplesOf(postgresql, 'boxoffice_locks_lost_total')).toEqual({ '': 0 });
    const connections = await samplesOf(postgresql, 'boxoffice_database_pool_connections');
    expect((connections['state="idle"'] ?? 0) + (connections['state="used"'] ?? 0)).toBeGreaterThan(0);
    expect(await samplesOf(postgresql, 'boxoffice_database_pool_waiting')).toEqual({ '': 0 });
  });

  test('has figures that Prometheus finds nothing wrong with', async () => {
    for (const office of Object.values(offices)) {
      expect(await promtool(['check', 'metrics'], { input: await metricsOf(office) })).toBe('');
    }
    expect(await promtool(['check', 'metrics'], { input: '# TYPE things_total gauge\nthings_total 1\n' })).toContain(
      'things_total',
    );
  });

  test('finds every figure, with its kind and its labels, in the guide', async () => {
    const exported = new Map<string, string>();
    for (const { container } of Object.values(offices)) {
      for (const { name, type } of await container.metrics.registry.getMetricsAsJSON()) {
        if (name.startsWith('boxoffice_')) exported.set(name, String(type));
      }
    }
    const rows = operationsGuide().matchAll(/^\| `(boxoffice_\w+)` \| (\w+) \|/gm);
    expect(new Map([...rows].map(([, name, kind]) => [name, kind]))).toEqual(exported);
  });
});

test('who asks too much is counted by the limit that refused it', async () => {
  const office = await openBoxOffice('embedded', { env: LIMITS });
  try {
    for (let i = 0; i < 5; i++) await graphql(office.url, '{ events(first: 1) { edges { node { id } } } }');
    expect(await samplesOf(office, 'boxoffice_rate_limited_total')).toEqual({ 'limit="address-reading"': 2 });
  } finally {
    await office.close();
  }
});
