import { afterEach, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { Container } from '../../src/container.ts';
import { claimDueMails, isStillOwed } from '../../src/mail/due-mails.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { hold, letEnd } from '../support/holds.ts';
import { answer, type MailServer, startMailServer } from '../support/mail-server.ts';
import { ADDRESS, openMailingBoxOffice } from '../support/mailing-box-office.ts';
import { bookingOf } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { entryOf } from '../support/waiting-list.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function openOffice(
  ...options: Parameters<typeof openMailingBoxOffice> extends [unknown, ...infer O] ? O : never
) {
  const server = await startMailServer();
  open.push(server);
  const { office, becomes } = await openMailingBoxOffice(server, ...options);
  open.push(office);
  return { server, office, box: office.container, becomes };
}

/** An event whose only place is held by one and waited for by another. */
async function soldOut(box: Container, email: string | null = ADDRESS) {
  const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1, timeZone: 'Asia/Tokyo' });
  const held = await hold(box, eventId);
  const entry = entryOf(await box.joinWaitingList({ eventId, userId: 'ada', email, holderName: 'Ada' }));
  const offer = async () => (await box.waitingList.offers([entry.id]))[0] as Booking;
  return { eventId, held, entry, offer };
}

const kindsOf = ({ taken }: MailServer) => taken.map(({ messageId }) => /\.(\w+)@/.exec(messageId)?.[1]);

describe.each(SETUPS)('%s:', (setup) => {
  test('an offer has a mail by a hint, which says until when and where to confirm, and another when it is final', async () => {
    const { server, box, becomes } = await openOffice({ setup });
    const { held, offer } = await soldOut(box);
    await box.cancelBooking(held.id);
    const made = await offer();
    await becomes(made.id, { status: 'HELD', mailStatus: 'SENT' });
    expect(server.taken).toMatchObject([
      { to: [ADDRESS], messageId: `<${made.reference}.held@shop.example>`, subject: 'Places for you: Concert' },
    ]);
    const text = (server.taken[0]?.raw ?? '').replaceAll('=\r\n', '');
    const until = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Tokyo' });
    expect(text).toContain(`at ${until.format(made.expiresAt as Date)} GMT+9`);
    expect(text).toContain(`https://tickets.example/bookings/${made.id}`);
    expect(text).toContain(made.reference);
    bookingOf(await box.confirmBooking(made.id, {}));
    await becomes(made.id, { status: 'FINALIZED', mailStatus: 'SENT' });
    expect(kindsOf(server)).toEqual(['held', 'finalized']);
  });

  test('an offer that has moved on before its mail was sent has none any more', async () => {
    // One try is made, and none is under way when the offers move on: that would not be called back.
    const { server, box, becomes } = await openOffice({ setup, env: { MAIL_RETRY_DELAY_MS: '600000' } });
    server.behaviour = {
      onRecipient: () => {
        throw answer(451, 'not now');
      },
    };
    const [lapsed, confirmed] = [await soldOut(box), await soldOut(box)];
    await box.cancelBooking(lapsed.held.id);
    // Places that are new are offered as those that come back.
    await box.updateEvent(confirmed.eventId, 1, { capacity: 2 });
    const offers = [await lapsed.offer(), await confirmed.offer()] as const;
    for (const { id } of offers) await becomes(id, { mailStatus: 'OWED', mailError: '451 not now' });
    await letEnd(box.db, 0, `id = ${offers[0].id}`);
    await becomes(offers[0].id, { status: 'EXPIRED', mailStatus: null, mailError: null });
    bookingOf(await box.confirmBooking(offers[1].id, {}));
    server.behaviour = {};
    await becomes(offers[1].id, { status: 'FINALIZED', mailStatus: 'SENT' });
    expect(kindsOf(server)).toEqual(['finalized']);
  });
});

test('the mail of an offer whose time is over is not sent, though nobody has swept it', async () => {
  const { office, box } = await openOffice();
  await box.stopWorker();
  const { held, offer } = await soldOut(box);
  await box.cancelBooking(held.id);
  const [owed] = await claimDueMails(box.db, 10, []);
  if (!owed) throw new Error('no mail is owed');
  expect(owed).toMatchObject({ id: (await offer()).id, status: 'HELD', expiresAt: expect.anything() });
  expect(await isStillOwed(box.db, owed)).toBe(true);
  await letEnd(office.container.db, 0, `id = ${owed.id}`);
  expect(await isStillOwed(box.db, owed)).toBe(false);
});

test('an offer without an address owes nothing, nor does one of a box office that sends no mails', async () => {
  const { server, box } = await openOffice();
  const silent = await soldOut(box, null);
  await box.cancelBooking(silent.held.id);
  expect(await silent.offer()).toMatchObject({ status: 'HELD', mailStatus: null });
  expect(server.received).toEqual([]);

  const mute = await openBoxOffice('embedded');
  open.push(mute);
  const { held, offer } = await soldOut(mute.container);
  await mute.container.cancelBooking(held.id);
  expect(await offer()).toMatchObject({ status: 'HELD', mailStatus: 'NOT_OWED' });
});
