import { afterEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import type { Failpoints } from '../../src/platform/connect-options.ts';
import { eventually } from '../support/eventually.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { ADDRESS, MAIL_ENV } from '../support/mailing-box-office.ts';
import { bookingOf } from '../support/outcomes.ts';
import { createSetup, type Setup } from '../support/setups.ts';

const CRASHES = 20;
const MAILS = 40;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Containers over one database, each of which can be a worker. */
async function openHouse(setup: Setup) {
  const { env, remove } = await createSetup(setup);
  const server = await startMailServer();
  open.push({ close: remove }, server);
  const openContainer = (more: object = {}, failpoints: Failpoints = () => undefined): Promise<Container> => {
    const config = readConfig({ ...env, ...MAIL_ENV, MAIL_ATTEMPTS: '100', SMTP_URL: server.url, ...more });
    return createContainer(config, { failpoints, database: { onWarning: () => undefined } });
  };
  const first = await openContainer();
  await migrate(first.db);
  const { id: eventId } = await first.createEvent({ title: 'Concert', capacity: 1_000 });
  const book = async () => bookingOf(await first.bookTicket({ eventId, userId: 'ada', email: ADDRESS }));
  const owed = async () =>
    (await first.db.em().execute<object[]>("select id from bookings where mail_status = 'OWED'")).length;
  /** As when their claims have ended by themselves, after 90 seconds. */
  const endClaims = () =>
    first.db.em().execute('update bookings set mail_due_at = created_at where mail_due_at is not null');
  open.push({
    close: async () => {
      expect(await verify(first.db)).toEqual([]);
      await first.close();
    },
  });
  return { server, openContainer, book, owed, endClaims };
}

type House = Awaited<ReturnType<typeof openHouse>>;

function timesEach({ received }: MailServer): number[] {
  const times = new Map<string, number>();
  for (const { messageId } of received) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  return [...times.values()];
}

describe('a worker that dies when the mail server has taken a mail, and before that is recorded,', () => {
  /** Leaves behind what such a death does: the mail is taken, its row is claimed, and nobody will say more of it. */
  async function die({ openContainer, endClaims, server }: House): Promise<void> {
    const taken = server.taken.length;
    const dying = await openContainer({}, (point) => {
      if (point === 'mail-sent:before-commit') throw new Error('dead');
    });
    dying.startWorker();
    await eventually(() => expect(server.taken.length).toBe(taken + 1), { intervalMs: 5 });
    await dying.close();
    await endClaims();
  }

  test(`has the next one send it once more, under the same Message-ID: ${CRASHES} deaths, ${CRASHES} repeats`, async () => {
    const house = await openHouse('embedded');
    const { id } = await house.book();
    for (let crash = 0; crash < CRASHES; crash++) await die(house);
    const last = await house.openContainer({ MAIL_ATTEMPTS: `${CRASHES + 1}` });
    last.startWorker();
    await eventually(async () => expect(await last.bookings.find(id)).toMatchObject({ mailStatus: 'SENT' }));
    await last.close();
    expect(timesEach(house.server)).toEqual([CRASHES + 1]);
  });

  test('uses up a try, so that a mail of which workers die is given up', async () => {
    const house = await openHouse('embedded');
    const { id } = await house.book();
    for (let crash = 0; crash < 2; crash++) await die(house);
    const last = await house.openContainer({ MAIL_ATTEMPTS: '2' });
    last.startWorker();
    await eventually(async () => expect(await last.bookings.find(id)).toMatchObject({ mailStatus: 'REFUSED' }));
    await last.close();
    expect(timesEach(house.server)).toEqual([2]);
  });
});

describe.each(['sqlite + redis', 'postgresql + redis'] as const)('%s: two workers', (setup) => {
  test('that send at the same time send each mail once', async () => {
    const { server, openContainer, book, owed } = await openHouse(setup);
    const workers = [await openContainer(), await openContainer()];
    for (let i = 0; i < MAILS; i++) await book();
    for (const worker of workers) worker.startWorker();
    await eventually(async () => {
      expect(server.taken.length).toBeGreaterThanOrEqual(MAILS);
      expect(await owed()).toBe(0);
    });
    await Promise.all(workers.map((worker) => worker.close()));
    expect(timesEach(server)).toEqual(Array.from({ length: MAILS }, () => 1));
  });

  test('control: without the claim of the one, the other would send the same mail', async () => {
    const { server, openContainer, book, owed, endClaims } = await openHouse(setup);
    const workers = [await openContainer(), await openContainer()] as const;
    const onMail = async () => {
      if (server.received.length > 1) return;
      await endClaims();
      await workers[0].services.pubsub.publish('mails', null);
      await eventually(() => expect(server.received).toHaveLength(2), { intervalMs: 5 });
    };
    server.behaviour = { onMail };
    await book();
    for (const worker of workers) worker.startWorker();
    await eventually(async () => {
      expect(server.taken).toHaveLength(2);
      expect(await owed()).toBe(0);
    });
    await Promise.all(workers.map((worker) => worker.close()));
    expect(timesEach(server)).toEqual([2]);
  });
});
