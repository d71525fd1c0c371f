import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { createEmptyDatabase, DATABASE_KINDS, type DatabaseKind, type TestDatabase } from '../support/databases.ts';
import { bookingOf } from '../support/outcomes.ts';

const LOOKS = 30;
const MEGABYTE = 1_048_576;
/** What SQLite's log may take when nobody holds it back. */
const MAX_LOG_BYTES = 16 * MEGABYTE;

let database: TestDatabase;
let container: Container;
/** As another process has it. */
let other: Database;
const run = (sql: string) => container.db.em().execute(sql);

/** An event without places, whose bookings are so far apart that each is looked at by itself. */
async function sellWithGaps(kind: DatabaseKind): Promise<void> {
  const { id } = await container.createEvent({ title: 'Past', capacity: 1 });
  const at = kind === 'sqlite' ? '0' : 'now()';
  const rows = Array.from(
    { length: LOOKS },
    (_, i) => `(${(i + 1) * 1_000_000}, 'r${i}', ${id}, 'u', 1, 'CANCELLED', 'f', 2, ${at}, ${at})`,
  );
  await run(`insert into bookings (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
    values ${rows.join(', ')}`);
  if (kind === 'postgresql') await run(`select setval('bookings_id_seq', ${LOOKS * 1_000_000})`);
}

function ofKind(kind: DatabaseKind): void {
  beforeEach(async () => {
    database = await createEmptyDatabase(kind);
    const config = readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' });
    container = await createContainer(config);
    await migrate(container.db);
    other = await openDatabase(config.database, { patient: true, mustExist: true });
  });
  afterEach(async () => {
    await other.close();
    await container.close();
    await database.remove();
  });
}

describe.each(DATABASE_KINDS)('%s: verify', (kind) => {
  ofKind(kind);

  /** Two bookings with many between them, so that the first is looked at long before the second. */
  async function beginToSell(): Promise<{ eventId: number; first: number; book: () => Promise<number> }> {
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 });
    const book = async () => bookingOf(await container.bookTicket({ eventId, userId: 'alice' })).id;
    const first = await book();
    await sellWithGaps(kind);
    await book();
    return { eventId, first, book };
  }

  test('names nothing when what it has looked at is cancelled, and more is booked, before it comes to the end', async () => {
    const { first, book } = await beginToSell();
    const findings = await verify(other, async ({ upToId }) => {
      if (upToId < 1_000_000) await container.cancelBooking(first);
      await book();
    });
    expect(findings).toEqual([]);
  });

  test('finds a wrong counter that a cancellation meanwhile makes look right', async () => {
    const { eventId, first } = await beginToSell();
    await run(`update events set booked_count = booked_count + 1 where id = ${eventId}`);
    const findings = await verify(other, async ({ upToId }) => {
      if (upToId < 1_000_000) await container.cancelBooking(first);
    });
    expect(findings).toEqual([
      { promise: 'booked_count is the sum of HELD, PENDING and FINALIZED bookings', rows: [`event ${eventId}`] },
    ]);
  });

  test('looks at bookings, not at the ids between them', async () => {
    await sellWithGaps(kind);
    let looks = 0;
    let last = {};
    await verify(other, (progress) => {
      looks++;
      last = progress;
    });
    expect(looks).toBe(LOOKS);
    expect(last).toEqual({ checked: LOOKS, upToId: LOOKS * 1_000_000, lastId: LOOKS * 1_000_000 });
  });
});

describe("sqlite: SQLite's log", () => {
  ofKind('sqlite');

  const logBytes = () => statSync(`${database.url.slice('sqlite:'.length)}-wal`).size;
  const shownBytes = async () => {
    const text = await container.metrics.registry.getSingleMetricAsString('boxoffice_sqlite_wal_bytes');
    return Number(/^boxoffice_sqlite_wal_bytes (\d+)$/m.exec(text)?.[1]);
  };
  const writeMegabyte = () =>
    container.db.transaction('test', (tx) =>
      tx.execute(`insert into events (title, capacity, created_at) values (hex(randomblob(${MEGABYTE / 2})), 1, 0)`),
    );

  test('stays small while verify reads and others sell', async () => {
    await sellWithGaps('sqlite');
    const sizes: number[] = [];
    await verify(other, async () => {
      await writeMegabyte();
      sizes.push(logBytes());
    });
    expect(sizes).toHaveLength(LOOKS);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_LOG_BYTES);
  });

  test('grows behind one long read, as a figure shows, and shrinks when that has left', async () => {
    const begun = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const reading = other.snapshot(async (tx) => {
      await tx.execute('select count(*) from bookings');
      begun.resolve();
      await left.promise;
    });
    await begun.promise;
    for (let i = 0; i < LOOKS; i++) await writeMegabyte();
    expect(await shownBytes()).toBeGreaterThan(LOOKS * MEGABYTE);
    left.resolve();
    await reading;
    for (let i = 0; i < 3; i++) await writeMegabyte();
    expect(logBytes()).toBeLessThanOrEqual(MAX_LOG_BYTES);
    expect(await shownBytes()).toBe(logBytes());
  });
});

describe('postgresql: between two looks of verify', () => {
  ofKind('postgresql');

  test('no snapshot of it is left that VACUUM would have to wait for', async () => {
    await sellWithGaps('postgresql');
    const held: number[] = [];
    await verify(other, async () => {
      const [row] = await container.db.em().execute<{ held: string }[]>(`
        select count(*) as held from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend' and (backend_xmin is not null or state like 'idle in transaction%')`);
      held.push(Number(row?.held));
    });
    expect(held).toEqual(Array.from({ length: LOOKS }, () => 0));
  });
});
