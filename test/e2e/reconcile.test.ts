import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { runCommand, startBoxOffice } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { rush } from '../support/outcomes.ts';
import { createSetup, type Setup, type SetupEnvironment } from '../support/setups.ts';

const NOTHING_CHANGED = 'nothing was changed; --apply does it\n';
const DUE_NOW = '4 PENDING bookings are due now: the next sweep of a worker takes them up\n';
const finalizeTimeoutMs = 20_000;

let setup: SetupEnvironment;
let container: Container;
let concert: number;
let play: number;

const boxoffice = (...args: string[]) => runCommand(args, setup.env);
const run = (sql: string) => container.db.em().execute<Record<string, unknown>[]>(sql);
const counters = async (id: number) => {
  const event = await container.events.find(id);
  return [event?.bookedCount, event?.finalizedCount];
};

/** Two events of 10 places, with three bookings of 2 places and one of 1, and no job for any of them. */
async function open(name: Setup): Promise<void> {
  setup = await createSetup(name);
  container = await createContainer(readConfig(setup.env));
  await migrate(container.db);
  vi.spyOn(container.services.queue, 'enqueue').mockResolvedValue();
  ({ id: concert } = await container.createEvent({ title: 'Concert', capacity: 10 }));
  ({ id: play } = await container.createEvent({ title: 'Play', capacity: 10 }));
  await rush(3, () => container.bookTicket({ eventId: concert, userId: 'alice', quantity: 2 }));
  await container.bookTicket({ eventId: play, userId: 'alice' });
}

afterEach(async () => {
  vi.restoreAllMocks();
  await container.close();
  await setup.remove();
});

describe('embedded: boxoffice reconcile', () => {
  const PENDING = '4 PENDING bookings to make due at once\n';
  beforeEach(() => open('embedded'));

  test('without --apply says what it would do, and changes nothing', async () => {
    await run(`update events set booked_count = 9, finalized_count = 3 where id = ${concert}`);
    const everything = async () => [
      await run('select * from events order by id'),
      await run('select * from bookings order by id'),
    ];
    const before = await everything();
    const stdout = `event ${concert}: booked 9 -> 6, finalized 3 -> 0\n${PENDING}${NOTHING_CHANGED}`;
    const results = await Promise.all([boxoffice('reconcile'), boxoffice('reconcile', '--dry-run')]);
    for (const result of results) expect(result).toMatchObject({ code: 0, stdout, stderr: '' });
    expect(await everything()).toEqual(before);
  });

  test('--apply repairs counters that are too high and too low, after which all promises hold', async () => {
    await run(`update events set booked_count = 9, finalized_count = 3 where id = ${concert}`);
    await run(`update events set booked_count = 2, held_count = 1 where id = ${play}`);
    const { code, stdout, stderr } = await boxoffice('reconcile', '--apply');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 2).sort()).toEqual([
      `event ${concert}: booked 9 -> 6, finalized 3 -> 0`,
      `event ${play}: booked 2 -> 1, finalized 0 -> 0, held 1 -> 0`,
    ]);
    expect(stdout.endsWith(`\n${DUE_NOW}`)).toBe(true);
    expect([await counters(concert), await counters(play)]).toEqual([
      [6, 0],
      [1, 0],
    ]);
    expect(await boxoffice('verify')).toMatchObject({ code: 0, stdout: 'all promises hold\n', stderr: '' });
    expect(await boxoffice('reconcile', '--apply')).toMatchObject({ code: 0, stdout: DUE_NOW, stderr: '' });
  });

  test('names an oversold event, leaves it as it is, repairs the others, and exits with 1', async () => {
    await run(`update events set booked_count = 5, capacity = 5 where id = ${concert}`);
    await run(`update events set booked_count = 4 where id = ${play}`);
    const { code, stdout, stderr } = await boxoffice('reconcile', '--apply');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n').slice(0, 2).sort()).toEqual([
      `event ${concert}: oversold, cannot be repaired`,
      `event ${play}: booked 4 -> 1, finalized 0 -> 0`,
    ]);
    expect([await counters(concert), await counters(play)]).toEqual([
      [5, 0],
      [1, 0],
    ]);
    const verified = await boxoffice('verify');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toMatch(new RegExp(`^BROKEN .*: event ${concert}$`, 'm'));
    expect(verified.stdout).not.toContain(`event ${play}`);
  });
});

describe('postgresql + redis: boxoffice reconcile', () => {
  beforeEach(() => open('postgresql + redis'));

  test('--apply makes PENDING bookings due whatever they waited for, beside wrong counters; the dry run does not', async () => {
    await run(`update events set booked_count = 9 where id = ${concert}`);
    await run("update bookings set due_at = now() + interval '25 seconds'");
    const due = async () => Number((await run('select count(*) as n from bookings where due_at <= now()'))[0]?.n);
    const statuses = async () => {
      const { items } = await container.bookings.page({}, { size: 100, before: null });
      return new Set(items.map(({ status }) => status));
    };
    const repair = `event ${concert}: booked 9 -> 6, finalized 0 -> 0\n`;
    const dryRun = await boxoffice('reconcile');
    const stdout = `${repair}4 PENDING bookings to make due at once\n${NOTHING_CHANGED}`;
    expect(dryRun).toMatchObject({ code: 0, stdout, stderr: '' });
    expect([await counters(concert), await statuses(), await due()]).toEqual([[9, 0], new Set(['PENDING']), 0]);

    const applied = await boxoffice('reconcile', '--apply');
    expect(applied).toMatchObject({ code: 0, stdout: `${repair}${DUE_NOW}`, stderr: '' });
    expect([await counters(concert), await statuses(), await due()]).toEqual([[6, 0], new Set(['PENDING']), 4]);

    const worker = await startBoxOffice('worker', setup.env);
    await eventually(async () => expect(await statuses()).toEqual(new Set(['FINALIZED'])), {
      timeoutMs: finalizeTimeoutMs,
    });
    await worker.stop();
    expect([await counters(concert), await counters(play)]).toEqual([
      [6, 6],
      [1, 1],
    ]);
    expect(await boxoffice('verify')).toMatchObject({ code: 0, stdout: 'all promises hold\n', stderr: '' });
  });

  test('needs no Redis', async () => {
    const env = { ...setup.env, REDIS_URL: 'redis://127.0.0.1:1' };
    expect(await runCommand(['reconcile', '--apply'], env)).toMatchObject({ code: 0, stdout: DUE_NOW, stderr: '' });
  });
});
