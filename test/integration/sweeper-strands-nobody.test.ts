import { afterEach, describe, expect, test, vi } from 'vitest';
import { createContainer } from '../../src/container.ts';
import { claimDue } from '../../src/finalization/pending-bookings.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from '../../src/tickets/issue-tickets.ts';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const SWEEP_OFTEN = { SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '0' };
/** One sweep at the start, and then only when a booking is known to be due. */
const SWEEP_ONCE = { SWEEP_INTERVAL_MS: '600000', SWEEP_AGE_MS: '600000' };
/** More than any page, batch or group. */
const MANY = 1_200;

describe.each(SETUPS)('%s: a booking without its job', (setup) => {
  let office: BoxOffice;
  let eventId: number;
  afterEach(async () => {
    vi.restoreAllMocks();
    await office.close();
  });

  /** A box office whose queue loses every job. */
  async function open(options: BoxOfficeOptions): Promise<void> {
    office = await openBoxOffice(setup, { worker: false, ...options });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 10_000 }));
  }
  const book = async () => bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
  const finalized = (count: number) =>
    eventually(
      async () => expect(await office.container.events.find(eventId)).toMatchObject({ finalizedCount: count }),
      { timeoutMs: 20_000 },
    );
  const statusOf = async (id: number) => (await office.container.bookings.find(id))?.status;
  const run = (sql: string) => office.container.db.em().execute(sql);
  /** SQL of a time so far from the database's now. */
  const fromNow = (ms: number) =>
    office.container.db.kind === 'sqlite'
      ? `unixepoch('subsec') * 1000 + ${ms}`
      : `now() + ${ms} * interval '1 millisecond'`;

  test.each(['was dropped', 'could not be enqueued'])(
    'that %s is finalized all the same, and nobody asks the queue again',
    async (fate) => {
      await open({ env: SWEEP_OFTEN });
      const enqueue = vi.spyOn(office.container.services.queue, 'enqueue').mockImplementation(async () => {
        if (fate === 'could not be enqueued') throw new Error('no queue');
      });
      office.container.startWorker();
      for (let n = 0; n < 5; n++) await book();
      await finalized(5);
      expect(enqueue).toHaveBeenCalledTimes(5);
    },
  );

  test('is found when the next process starts, whatever its age', async () => {
    await open({ env: SWEEP_ONCE });
    await rush(20, book);
    const next = await createContainer(office.container.config);
    try {
      next.startWorker();
      await finalized(20);
    } finally {
      await next.close();
    }
  });

  test('is found by the sweep after a first one that failed, which is repeated in full', async () => {
    await open({ env: { ...SWEEP_ONCE, SWEEP_INTERVAL_MS: '50' } });
    await rush(20, book);
    const error = vi.spyOn(office.container.log, 'error').mockReturnValue();
    await run('alter table bookings rename to bookings_away');
    office.container.startWorker();
    await eventually(() => expect(error).toHaveBeenCalled());
    await run('alter table bookings_away rename to bookings');
    await finalized(20);
    const said = error.mock.calls.map(([, message]) => message);
    expect(said.filter((message) => /pending/.test(message ?? ''))).toEqual([
      'pending bookings cannot be read or claimed',
    ]);
  });

  test('is left alone while it is young, as its own job is on the way, and taken when it has its age', async () => {
    await open({ env: { SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '60000' } });
    const first = await book();
    office.container.startWorker();
    await eventually(async () => expect(await statusOf(first.id)).toBe('FINALIZED'));
    const [old, young] = [await book(), await book()];
    const next = await book();
    await run(`update bookings set created_at = ${fromNow(-60_000)} where id = ${old.id}`);
    await eventually(async () => expect(await statusOf(old.id)).toBe('FINALIZED'));
    await run(`update bookings set created_at = ${fromNow(-60_000)} where id = ${next.id}`);
    await eventually(async () => expect(await statusOf(next.id)).toBe('FINALIZED'));
    expect(await statusOf(young.id)).toBe('PENDING');
  });

  test('is finalized in its turn, the oldest first, when there are more than any page has, without waiting for the next sweep', async () => {
    const issuer = new GatedIssuer();
    await open({ env: SWEEP_ONCE, overrides: { issuer } });
    const made = await rush(MANY, book);
    office.container.startWorker();
    await finalized(MANY);
    expect(issuer.asked).toEqual(made.toSorted((a, b) => a.id - b.id).map(({ reference }) => reference));
  });

  test('and whose worker died is taken up when that one’s claim ends, and not at the next sweep', async () => {
    await open({ env: SWEEP_ONCE });
    await rush(3, book);
    const { db } = office.container;
    expect(await claimDue(db, { after: 0, limit: 10, ageMs: 0, except: [] })).toHaveLength(3);
    await run(`update bookings set due_at = ${fromNow(700)}`);
    office.container.startWorker();
    await finalized(3);
  });

  test.each([
    ['the sweeper', SWEEP_OFTEN],
    ['the queue', { SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '60000' }],
  ])(
    'or with it, that came by %s, is asked for once however long the issuer takes: whoever is at it keeps it',
    async (way, env) => {
      const issuer = new GatedIssuer();
      issuer.close();
      await open({ env, overrides: { issuer } });
      const other = await createContainer(office.container.config, { issuer });
      try {
        office.container.startWorker();
        other.startWorker();
        if (way === 'the queue') vi.restoreAllMocks();
        const { id, reference } = await book();
        await eventually(() => expect(issuer.asked).toEqual([reference]));
        // Its lease would soon be over, if it were not renewed.
        if (way === 'the sweeper') await run(`update bookings set due_at = ${fromNow(2_500)}`);
        const kept = `select id from bookings where due_at > ${fromNow(3_000)}`;
        await eventually(async () => expect(await run(kept)).toHaveLength(1));
        issuer.open();
        await eventually(async () => expect(await statusOf(id)).toBe('FINALIZED'));
        expect(issuer.asked).toEqual([reference]);
      } finally {
        await other.close();
      }
    },
  );
});

describe('embedded: a backlog', () => {
  let office: BoxOffice;
  afterEach(async () => {
    vi.restoreAllMocks();
    await office.close();
  });

  /** Of four places at work two are for what is swept. */
  async function openWith(issuer: TicketIssuer, bookings: number): Promise<void> {
    const env = { ...SWEEP_ONCE, FINALIZE_CONCURRENCY: '4', FINALIZE_RETRY_DELAY_MS: '5', LOG_LEVEL: 'silent' };
    office = await openBoxOffice('embedded', { worker: false, env, overrides: { issuer } });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100 });
    await rush(bookings, () => office.container.bookTicket({ eventId, userId: 'alice' }));
  }

  test('is not hurried through while the database takes none of it', async () => {
    const real = new SimulatedTicketIssuer(0);
    const askedAt: number[] = [];
    const issue: TicketIssuer['issue'] = (booking) => {
      askedAt.push(performance.now());
      return real.issue(booking);
    };
    await openWith({ issue }, 4);
    await office.container.db.em().execute('alter table tickets rename to tickets_away');
    office.container.startWorker();
    await eventually(() => expect(askedAt).toHaveLength(4));
    await office.container.db.em().execute('alter table tickets_away rename to tickets');
    expect((askedAt[2] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThan(900);
  });

  test('holds up nobody whose next try has come due meanwhile', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(1);
    await openWith(issuer, 60);
    office.container.startWorker();
    await eventually(() => expect(issuer.asked).toHaveLength(61));
    const [first] = issuer.asked;
    expect(issuer.asked.lastIndexOf(first ?? '')).toBeLessThan(60);
  });
});
