import { expect } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from './box-office.ts';
import { eventually } from './eventually.ts';
import type { MailServer } from './mail-server.ts';
import { bookingOf } from './outcomes.ts';
import type { Setup } from './setups.ts';

/** Nothing but a hint, or the time at which a mail is due, makes anybody look for it. */
export const MAIL_ENV = {
  MAIL_FROM: 'Box Office <tickets@shop.example>',
  MAIL_RATE: '1000',
  MAIL_RETRY_DELAY_MS: '2',
  MAIL_SWEEP_INTERVAL_MS: '600000',
  PUBLIC_URL: 'https://tickets.example',
  LOG_LEVEL: 'fatal',
};

export const ADDRESS = 'ada@buyers.example';

/** A whole box office that sends its mails to this server. */
export async function openMailingBoxOffice(
  server: Pick<MailServer, 'url'>,
  { setup = 'embedded', ...options }: BoxOfficeOptions & { readonly setup?: Setup } = {},
) {
  const env = { ...MAIL_ENV, SMTP_URL: server.url, ...options.env };
  const office = await openBoxOffice(setup, { ...options, env });
  const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1_000 });
  return { office, ...mailing(office, eventId) };
}

/** What the tests ask of it. */
function mailing({ container }: BoxOffice, eventId: number) {
  const book = async (more: object = {}) =>
    bookingOf(await container.bookTicket({ eventId, userId: 'ada', email: ADDRESS, ...more }));
  const find = async (id: number) => (await container.bookings.find(id)) as Booking;
  const becomes = (id: number, expected: Partial<Booking>) =>
    eventually(async () => expect(await find(id)).toMatchObject(expected), { timeoutMs: 15_000 });
  const columns = async (id: number) => {
    const rows = await container.db
      .em()
      .execute<{ attempts: number; due: number | Date | null }[]>(
        'select mail_attempts as attempts, mail_due_at as due from bookings where id = ?',
        [id],
      );
    return rows[0] as (typeof rows)[number];
  };
  return { eventId, book, find, becomes, columns };
}
