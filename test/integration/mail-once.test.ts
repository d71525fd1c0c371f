import { afterEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { createContainer } from '../../src/container.ts';
import { createMail, type MailParts } from '../../src/mail/create-mail.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';
import { WakeUp } from '../../src/platform/wake-up.ts';
import { eventually } from '../support/eventually.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { ADDRESS, MAIL_ENV } from '../support/mailing-box-office.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { createSetup, type Setup } from '../support/setups.ts';

const CRASHES = 20;
const MAILS = 40;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A box office whose mails are sent by any number of workers. */
async function openHouse(setup: Setup) {
  const { env, remove } = await createSetup(setup);
  const server = await startMailServer();
  open.push({ close: remove }, server);
  const config = (more: object = {}) => readConfig({ ...env, ...MAIL_ENV, SMTP_URL: server.url, ...more });
  /** Whoever takes a mail now dies when the mail server has it. */
  let dying = false;
  const failpoints = (point: string) => {
    if (dying && point === 'mail-sent:before-commit') throw new Error('dead');
  };
  const container = await createContainer(config(), { failpoints, database: { onWarning: () => undefined } });
  const { db, log, services, bookTicket, cancelBooking, createEvent } = container;
  await migrate(db);
  open.push({
    close: async () => {
      expect(await verify(db)).toEqual([]);
      await container.close();
    },
  });
  const { id: eventId } = await createEvent({ title: 'Concert', capacity: 1_000 });
  const trouble = new RepeatedTrouble(log);
  const wakeUp = new WakeUp(services.pubsub, log, 'mails');
  const parts: MailParts = {
    ...container,
    wakeUp,
    trouble,
    databaseTrouble: trouble,
    links: null,
    printTicket: async () => ({ fileName: 'ticket.png', mediaType: 'image/png', content: new Uint8Array() }),
  };
  return {
    server,
    find: container.bookings.find.bind(container.bookings),
    hint: () => wakeUp.send(),
    startMailing: (more: object = {}) => {
      const mail = createMail(config(more).mail as NonNullable<ReturnType<typeof config>['mail']>, parts);
      mail.start();
      return mail;
    },
    setDying: (to: boolean) => {
      dying = to;
    },
    /** A booking that owes a mail. */
    owe: async () => cancelBooking(bookingOf(await bookTicket({ eventId, userId: 'ada', email: ADDRESS })).id),
    owed: async () => (await db.em().execute<object[]>("select id from bookings where mail_status = 'OWED'")).length,
    /** As when they have ended by themselves, after 90 seconds. */
    endClaims: () => db.em().execute('update bookings set mail_due_at = created_at where mail_due_at is not null'),
  };
}

type House = Awaited<ReturnType<typeof openHouse>>;

function timesEach({ received }: MailServer): number[] {
  const times = new Map<string, number>();
  for (const { messageId } of received) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  return [...times.values()];
}

describe('a worker that dies when the mail server has taken a mail, and before that is recorded,', () => {
  /** Leaves behind what such a death does: the mail is taken, its row is claimed, and nobody will say more of it. */
  async function die({ startMailing, setDying, endClaims, server }: House): Promise<void> {
    const taken = server.taken.length;
    setDying(true);
    const worker = startMailing({ MAIL_ATTEMPTS: '100' });
    await eventually(() => expect(server.taken.length).toBe(taken + 1), { intervalMs: 5 });
    await worker.stop();
    setDying(false);
    await endClaims();
  }

  test(`has the next one send it once more, under the same Message-ID: ${CRASHES} deaths, ${CRASHES} repeats`, async () => {
    const house = await openHouse('embedded');
    const { id } = await house.owe();
    for (let crash = 0; crash < CRASHES; crash++) await die(house);
    const last = house.startMailing({ MAIL_ATTEMPTS: `${CRASHES + 1}` });
    await eventually(async () => expect(await house.find(id)).toMatchObject({ mailStatus: 'SENT' }));
    await last.stop();
    expect(timesEach(house.server)).toEqual([CRASHES + 1]);
  });

  test('uses up a try, so that a mail of which workers die is given up', async () => {
    const house = await openHouse('embedded');
    const { id } = await house.owe();
    for (let crash = 0; crash < 2; crash++) await die(house);
    const last = house.startMailing({ MAIL_ATTEMPTS: '2' });
    await eventually(async () => expect(await house.find(id)).toMatchObject({ mailStatus: 'REFUSED' }));
    await last.stop();
    expect(timesEach(house.server)).toEqual([2]);
  });
});

describe.each(['embedded', 'postgresql + redis'] as const)('%s: two workers', (setup) => {
  test('that send at the same time send each mail once', async () => {
    const { server, startMailing, owe, owed } = await openHouse(setup);
    await rush(MAILS, owe);
    const workers = [startMailing(), startMailing()];
    await eventually(async () => expect(await owed()).toBe(0));
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(timesEach(server)).toEqual(Array.from({ length: MAILS }, () => 1));
  });

  test('control: without the claim of the one, the other would send the same mail', async () => {
    const { server, startMailing, owe, owed, endClaims, hint } = await openHouse(setup);
    const onMail = async () => {
      if (server.received.length > 1) return;
      await endClaims();
      await hint();
      await eventually(() => expect(server.received).toHaveLength(2), { intervalMs: 5 });
    };
    server.behaviour = { onMail };
    await owe();
    const workers = [startMailing(), startMailing()];
    await eventually(async () => {
      expect(server.taken).toHaveLength(2);
      expect(await owed()).toBe(0);
    });
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(timesEach(server)).toEqual([2]);
  });
});
