import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { makeAllDue } from '../../src/finalization/pending-bookings.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { finalizationFailures } from '../support/metrics.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { createAppRole, queryPostgres } from '../support/query-database.ts';
import { createSetup } from '../support/setups.ts';

const BOOKINGS = 20;
const REFUSED = 'the database does not let bookings be finalized, they are tried again';

/** How the table of tickets takes nothing for a while. */
interface Refusal {
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s: what the database refuses', (setup) => {
  const issuer = new GatedIssuer();
  let container: Container;
  let tickets: Refusal;
  let eventId: number;
  let remove: () => Promise<unknown>;
  beforeEach(async () => {
    const { env, remove: removeSetup } = await createSetup(setup);
    const databaseUrl = env['DATABASE_URL'] as string;
    const role = setup === 'embedded' ? null : await createAppRole(databaseUrl);
    container = await createContainer(
      readConfig({
        ...env,
        DATABASE_URL: role?.url ?? databaseUrl,
        FINALIZE_ATTEMPTS: '1',
        SWEEP_INTERVAL_MS: '100',
        SWEEP_AGE_MS: '300',
      }),
      { issuer },
    );
    if (!role) await migrate(container.db);
    const sqlite = (sql: string) => container.db.em().execute(sql);
    tickets = role
      ? {
          begin: () => queryPostgres(databaseUrl, `revoke insert on tickets from ${role.name}`),
          end: () => queryPostgres(databaseUrl, `grant insert on tickets to ${role.name}`),
        }
      : {
          begin: () => sqlite("create trigger full before insert on tickets begin select raise(abort, 'full'); end"),
          end: () => sqlite('drop trigger full'),
        };
    remove = async () => {
      await role?.drop();
      await removeSetup();
    };
    ({ id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 }));
    container.startWorker();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    const broken = await verify(container.db);
    await container.close();
    await remove();
    expect(broken).toEqual([]);
  });

  const book = async () => bookingOf(await container.bookTicket({ eventId, userId: 'alice' }));
  const rows = () =>
    container.db
      .em()
      .execute<{ status: string; attempts: number; claimed: number }[]>(
        'select status, attempts, case when due_at is null then 0 else 1 end as claimed from bookings',
      );

  test('uses up no attempt, is told once, and every booking is final when it is mended', async () => {
    const error = vi.spyOn(container.log, 'error').mockReturnValue();
    await tickets.begin();
    await rush(BOOKINGS, book);
    // Once by its job, and once by the sweeper.
    await eventually(async () => {
      expect((await finalizationFailures(container))['database']).toBeGreaterThanOrEqual(2 * BOOKINGS);
    });
    const refused = { status: 'PENDING', attempts: 0, claimed: 1 };
    expect(await rows()).toEqual(Array.from({ length: BOOKINGS }, () => refused));
    expect(error.mock.calls.map(([, message]) => message)).toEqual([REFUSED]);

    await tickets.end();
    // By itself when the claims end; one setup is enough to wait for that.
    if (setup === 'embedded') await makeAllDue(container.db);
    await eventually(async () => {
      const finalized = { status: 'FINALIZED', attempts: 0, claimed: 1 };
      expect(await rows()).toEqual(Array.from({ length: BOOKINGS }, () => finalized));
    });
    expect((await finalizationFailures(container))['issuer']).toBe(0);
  });

  test('of one booking holds up none of those that are finalized with it', async () => {
    vi.spyOn(container.log, 'error').mockReturnValue();
    issuer.asked.length = 0;
    issuer.close();
    const made = await rush(BOOKINGS, book);
    await eventually(() => expect(issuer.asked).toHaveLength(BOOKINGS));
    const { id } = made[7] ?? { id: 0 };
    await container.db.em().execute(`insert into tickets (booking_id, serial, code) values (${id}, 1, 'in the way')`);
    issuer.open();
    await eventually(async () =>
      expect(await container.events.find(eventId)).toMatchObject({ finalizedCount: BOOKINGS - 1 }),
    );
    expect((await rows()).filter(({ status }) => status !== 'FINALIZED')).toMatchObject([
      { status: 'PENDING', attempts: 0 },
    ]);
    await container.db.em().execute("delete from tickets where code = 'in the way'");
    await makeAllDue(container.db);
    await eventually(async () =>
      expect(await container.events.find(eventId)).toMatchObject({ finalizedCount: BOOKINGS }),
    );
  });
});
