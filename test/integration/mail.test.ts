import { afterEach, describe, expect, test } from 'vitest';
import { transition } from '../../src/bookings/transition.ts';
import { claimDueMails } from '../../src/mail/due-mails.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { answer, type MailServer, startMailServer } from '../support/mail-server.ts';
import { ADDRESS, openMailingBoxOffice } from '../support/mailing-box-office.ts';
import { untold } from '../support/offers.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { bookingOf } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function startServer(...options: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...options);
  open.push(server);
  return server;
}

async function openOffice(...options: Parameters<typeof openMailingBoxOffice>) {
  const opened = await openMailingBoxOffice(...options);
  open.push(opened.office);
  return opened;
}

const refuse = (code: number, text: string) => () => {
  throw answer(code, text);
};

const kindsOf = ({ taken }: MailServer) => taken.map(({ messageId }) => /\.(\w+)@/.exec(messageId)?.[1]);

describe.each(SETUPS)('%s:', (setup) => {
  test('a booking has a mail when it is final, and when it is cancelled, by a hint and no look at the database; of both at once the latter only', async () => {
    const server = await startServer();
    const { office, book, becomes } = await openOffice(server, { setup });
    const { id, reference } = await book({ quantity: 2 });
    await becomes(id, { status: 'FINALIZED', mailStatus: 'SENT', mailError: null });
    expect(await office.container.cancelBooking(id)).toMatchObject({ status: 'CANCELLED', mailStatus: 'OWED' });
    await becomes(id, { mailStatus: 'SENT' });
    expect(server.taken).toMatchObject([
      { to: [ADDRESS], from: 'tickets@shop.example', messageId: `<${reference}.finalized@shop.example>` },
      { to: [ADDRESS], from: 'tickets@shop.example', messageId: `<${reference}.cancelled@shop.example>` },
    ]);
    const files = server.taken.map(({ raw }) => raw.match(/^Content-Disposition: attachment; .*\.pdf\r$/gm)?.length);
    expect(files).toEqual([2, undefined]);

    server.behaviour = { onRecipient: refuse(451, 'not now') };
    const { id: other } = await book();
    await becomes(other, { status: 'FINALIZED', mailStatus: 'OWED', mailError: '451 not now' });
    await office.container.cancelBooking(other);
    server.behaviour = {};
    await becomes(other, { mailStatus: 'SENT', mailError: null });
    expect(kindsOf(server).slice(2)).toEqual(['cancelled']);
  });
});

test.each(['embedded', 'postgresql + redis'] as const)(
  '%s: what the guide asks the database says so',
  async (setup) => {
    const server = await startServer({ behaviour: { onRecipient: refuse(550, 'no such user') } });
    const { office, book, becomes } = await openOffice(server, { setup });
    const [owed, refused] = commandsOf('Mail', 'sql') as [string, string];
    const { id } = await book();
    await becomes(id, { mailStatus: 'REFUSED' });
    await office.container.stopWorker();
    await office.container.cancelBooking((await book()).id);
    const ask = (query: string) => office.container.db.em().execute<object[]>(query);
    expect(await ask(owed)).toMatchObject([{ status: 'CANCELLED' }]);
    expect(await ask(refused)).toEqual([{ id, status: 'FINALIZED', mail_error: '550 no such user' }]);
  },
);

test('a mail whose booking is cancelled while the mail server is being reached is not sent any more', async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const onConnection = () => {
    reached.resolve();
    return gate.promise;
  };
  const server = await startServer({ behaviour: { onConnection } });
  const { office, book, becomes } = await openOffice(server);
  const { id } = await book();
  await reached.promise;
  await office.container.cancelBooking(id);
  gate.resolve();
  await becomes(id, { mailStatus: 'SENT' });
  expect(kindsOf(server)).toEqual(['cancelled']);
});

test('a mail that is just being sent is not overtaken by the one about the cancellation', async () => {
  const gate = Promise.withResolvers<void>();
  const behaviour = { onMail: () => gate.promise };
  const server = await startServer({ behaviour });
  const { office, book, becomes, find } = await openOffice(server);
  const { id } = await book();
  await eventually(() => expect(server.received).toHaveLength(1));
  await office.container.cancelBooking(id);
  // No other worker would take it either.
  expect(await claimDueMails(office.container.db, 10, [])).toEqual([]);
  gate.resolve();
  await becomes(id, { status: 'CANCELLED', mailStatus: 'SENT' });
  expect(kindsOf(server)).toEqual(['finalized', 'cancelled']);
  expect(await find(id)).toMatchObject({ version: 3 });
});

test('whoever has booked an event that is cancelled is told, and why', async () => {
  const server = await startServer();
  const { office, eventId, book, becomes } = await openOffice(server);
  const bookings = await Promise.all([book(), book(), book({ email: null })]);
  await eventually(() => expect(server.taken).toHaveLength(2));
  await office.container.cancelEvent(eventId, 'The hall is closed');
  for (const [i, { id }] of bookings.entries()) {
    await becomes(id, { status: 'CANCELLED', mailStatus: i < 2 ? 'SENT' : null });
  }
  expect(kindsOf(server).slice(2)).toEqual(['cancelled', 'cancelled']);
  expect(server.taken.at(-1)?.raw).toContain('The hall is closed');
});

test('a booking that failed says so', async () => {
  const server = await startServer();
  const issuer = new GatedIssuer();
  issuer.failNext(1);
  const { book, becomes } = await openOffice(server, { overrides: { issuer }, env: { FINALIZE_ATTEMPTS: '1' } });
  const { id } = await book();
  await becomes(id, { status: 'FAILED', mailStatus: 'SENT' });
  expect(kindsOf(server)).toEqual(['failed']);
});

test('a booking without an address owes nothing', async () => {
  const server = await startServer();
  const { book, becomes, columns } = await openOffice(server);
  const [{ id: silent }, { id: told }] = [await book({ email: null }), await book()];
  await becomes(told, { mailStatus: 'SENT' });
  await becomes(silent, { status: 'FINALIZED', mailStatus: null });
  expect(await columns(silent)).toMatchObject({ due: null });
  expect(server.received).toHaveLength(1);
});

test('what happened without a mail server is not mailed later; what happens next is', async () => {
  const office = await openBoxOffice('embedded');
  open.push(office);
  const { createEvent, bookTicket, bookings, db } = office.container;
  const { id: eventId } = await createEvent({ title: 'Concert', capacity: 10 });
  const { id } = bookingOf(await bookTicket({ eventId, userId: 'ada', email: ADDRESS }));
  await eventually(async () =>
    expect(await bookings.find(id)).toMatchObject({ status: 'FINALIZED', mailStatus: 'NOT_OWED' }),
  );
  const move = { ids: [id], to: 'CANCELLED', at: new Date() } as const;
  expect(await transition(untold(db), { ...move, mails: true })).toMatchObject([{ mailStatus: 'OWED' }]);
});

test('more mails than may be on their way at once are all sent, each once, no more of them in a second than allowed', async () => {
  let atOnce = 0;
  let most = 0;
  const onMail = async () => {
    most = Math.max(most, ++atOnce);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    atOnce--;
  };
  const server = await startServer({ behaviour: { onMail } });
  const { book, becomes } = await openOffice(server, { env: { MAIL_CONNECTIONS: '3', MAIL_RATE: '10' } });
  const since = performance.now();
  const bookings = await Promise.all(Array.from({ length: 15 }, () => book()));
  for (const { id } of bookings) await becomes(id, { mailStatus: 'SENT' });
  expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(15);
  expect(server.received).toHaveLength(15);
  expect(most).toBeLessThanOrEqual(3);
  expect(performance.now() - since).toBeGreaterThan(900);
});
