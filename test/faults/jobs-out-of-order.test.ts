import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { expectNobodyStranded } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { type BookTicketAnswer, bookingsOf, bookTicket, createEvent, statsOf } from '../support/graphql-client.ts';

type Booked = Extract<BookTicketAnswer, { __typename: 'Booking' }>;

describe('a worker that is handed', () => {
  let fleet: Fleet;
  let api: BoxOfficeProcess;
  let worker: BoxOfficeProcess;
  let queue: Queue;
  let connection: Redis;
  beforeAll(async () => {
    fleet = await openFleet('sqlite + redis');
    [api, worker] = await Promise.all([
      fleet.start('api'),
      fleet.start('worker', { SWEEP_AGE_MS: '600000', ISSUANCE_DELAY_MS: '300' }),
    ]);
    connection = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
    queue = new Queue('finalization', { connection, prefix: fleet.env['REDIS_PREFIX'] as string });
  });
  afterAll(async () => {
    await queue.close();
    connection.disconnect();
    await fleet.close();
  });

  async function book(quantity: number): Promise<{ eventId: string; booking: Booked }> {
    const eventId = await createEvent(api.url, { capacity: 20 });
    return { eventId, booking: (await bookTicket(api.url, { eventId, quantity })) as Booked };
  }
  const messageOf = ({ id, reference }: Pick<Booked, 'id' | 'reference'>) => [{ bookingId: Number(id), reference }];
  const noJobLeft = () =>
    eventually(
      async () => expect(await queue.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 0, failed: 0 }),
      { timeoutMs: 15_000 },
    );

  test('the same booking under two ids at once finalizes it once', async () => {
    const { eventId, booking } = await book(3);
    const data = messageOf(booking);
    const opts = { removeOnComplete: true };
    await queue.addBulk(['again', 'and-again'].map((jobId) => ({ name: 'finalize', data, opts: { ...opts, jobId } })));
    expect(await expectNobodyStranded(api.url, eventId)).toMatchObject({ finalizedCount: 3 });
    await noJobLeft();
    await queue.add('finalize', data, { ...opts, jobId: 'much-later' });
    await noJobLeft();
    expect(await statsOf(api.url, eventId)).toMatchObject({ bookedCount: 3, finalizedCount: 3 });
    await fleet.verify();
  });

  test('poisonous jobs drops them without trying again, and finalizes the next booking', async () => {
    const { booking } = await book(1);
    const [job] = messageOf(booking);
    const poison = [
      null,
      42,
      'x',
      [],
      job,
      [{ ...job, bookingId: '1 or 1=1' }],
      [{ ...job, bookingId: -1 }],
      [{ ...job, bookingId: 2 ** 60 }],
      [job, { reference: booking.reference }],
    ];
    const opts = { attempts: 5, removeOnFail: true, removeOnComplete: true };
    await queue.addBulk(poison.map((data) => ({ name: 'finalize', data, opts })));
    // Well-formed, of bookings that no database has.
    await queue.add('finalize', [{ ...job, bookingId: 2_000_000_000 }], opts);
    const next = await book(2);
    expect(await expectNobodyStranded(api.url, next.eventId)).toMatchObject({ finalizedCount: 2 });
    await noJobLeft();
    expect(worker.exit).toBeNull();
    expect(worker.logged('a finalization job was dropped')).toMatchObject([{ level: WARN, times: 1 }]);
    await fleet.verify();
  });

  test("another box office's job, by a shared prefix, leaves a booking with the same id alone", async () => {
    worker.pause();
    const { eventId, booking } = await book(4);
    const opts = { removeOnComplete: true, removeOnFail: true };
    await eventually(async () => expect(await queue.remove(`finalize-${booking.reference}`)).toBe(1));
    await queue.add('finalize', messageOf({ ...booking, reference: 'THEIRREFERENCE00' }), opts);
    worker.resume();
    await noJobLeft();
    expect([...(await bookingsOf(api.url, eventId)).values()]).toMatchObject([{ quantity: 4, status: 'PENDING' }]);
    await queue.add('finalize', messageOf(booking), opts);
    expect(await expectNobodyStranded(api.url, eventId)).toMatchObject({ bookedCount: 4, finalizedCount: 4 });
    await fleet.verify();
  });
});
