import { expect, test, vi } from 'vitest';
import type { Event } from '../../src/events/event.entity.ts';
import type { OwedMail } from '../../src/mail/due-mails.ts';
import { mailFacts } from '../../src/mail/mail-facts.ts';
import { TEMPLATES } from '../../src/mail/mail-templates.ts';
import { type PrintTicket, ticketAttachments, whatIsAttached } from '../../src/mail/ticket-attachments.ts';
import { writeMail } from '../../src/mail/write-mail.ts';
import type { Ticket } from '../../src/tickets/ticket.entity.ts';

const FROM = { name: 'Box Office', address: 'tickets@shop.example' };
const HOSTILE = '<script>alert("1")</script> & {{reference}} \u202e';

const mail = {
  id: 7,
  reference: '7K3M9XQ2D4TRW8HB',
  eventId: 1,
  quantity: 2,
  version: 2,
  status: 'FINALIZED',
  email: 'ada@buyers.example',
  holderName: HOSTILE,
  failureReason: null,
  expiresAt: null,
  attempt: 1,
} as OwedMail;
const event = {
  title: HOSTILE,
  venue: HOSTILE,
  startsAt: new Date('2027-07-01T18:30:00Z'),
  timeZone: 'Europe/Berlin',
  status: 'ON_SALE',
} as Event;
const tickets = [1, 2].map((serial) => ({ serial, code: `CODE${serial}` }) as Ticket);
const urlOf = (code: string) => `https://tickets.example/tickets/${code}.png`;
const links = { ticketUrl: urlOf, bookingUrl: (id: number) => `https://tickets.example/bookings/${id}` };

test('a mail tells event, time, place, booking and tickets, and nothing in its HTML is an element that is not ours', () => {
  const facts = {
    ...mailFacts(mail, event, tickets, links),
    subject: HOSTILE,
    attached: 'All 2 tickets are attached.',
  };
  const html = TEMPLATES.FINALIZED.html(facts);
  expect(html).not.toContain('<script');
  expect(html.match(/&lt;script&gt;/g)).toHaveLength(4);
  expect(html).toContain(`href="${urlOf('CODE2').replaceAll('=', '&#x3D;')}"`);
  const text = TEMPLATES.FINALIZED.text(facts);
  for (const said of [
    HOSTILE,
    'Thursday, 1 July 2027 at 20:30 CEST',
    '7K3M9XQ2D4TRW8HB · 2 places',
    urlOf('CODE1'),
    'All 2 tickets',
  ]) {
    expect(text).toContain(said);
  }
});

test('what is not known is not said', () => {
  const bare = { ...event, venue: null, startsAt: null } as Event;
  const facts = { ...mailFacts({ ...mail, holderName: null }, bare, tickets, null), subject: '', attached: null };
  const text = TEMPLATES.FINALIZED.text(facts);
  expect(text).toContain('Ticket 2 of 2\n');
  expect(text).not.toMatch(/null|undefined|https?:/);
  expect(TEMPLATES.FINALIZED.html(facts)).not.toMatch(/null|undefined|href/);
});

test('the mail about a cancelled event says why, and has no ticket', () => {
  const cancelled = { ...event, status: 'CANCELLED', cancellationReason: 'Storm <b>' } as Event;
  const facts = { ...mailFacts({ ...mail, status: 'CANCELLED' }, cancelled, [], links), subject: '', attached: null };
  expect(TEMPLATES.CANCELLED.text(facts)).toContain('The event is cancelled.');
  expect(TEMPLATES.CANCELLED.text(facts)).toContain('Storm <b>');
  expect(TEMPLATES.CANCELLED.html(facts)).toContain('Storm &lt;b&gt;');
});

test.each([
  ['with a link to its page', links, 'https://tickets.example/bookings/7'],
  ['without a page', { ...links, bookingUrl: null }, 'where you joined the waiting list'],
  ['without a public URL', null, 'where you joined the waiting list'],
])('the mail of an offer says until when, in the time of the event, and how to confirm it, %s', (_how, given, said) => {
  const held = { ...mail, status: 'HELD', expiresAt: '2027-06-01T09:50:00.000Z' } as const;
  const facts = { ...mailFacts(held, event, [], given), subject: '', attached: null };
  for (const written of [TEMPLATES.HELD.text(facts), TEMPLATES.HELD.html(facts)]) {
    expect(written).toContain('held until Tuesday, 1 June 2027 at 11:50 CEST; confirm');
    expect(written).toContain('7K3M9XQ2D4TRW8HB');
    expect(written).toContain(said);
    expect(written).not.toMatch(/null|undefined/);
  }
});

test.each([
  ['HELD', '<7K3M9XQ2D4TRW8HB.held@shop.example>', 'Places for you: '],
  ['FINALIZED', '<7K3M9XQ2D4TRW8HB.finalized@shop.example>', 'Your tickets: '],
  ['CANCELLED', '<7K3M9XQ2D4TRW8HB.cancelled@shop.example>', 'Cancelled: '],
  ['FAILED', '<7K3M9XQ2D4TRW8HB.failed@shop.example>', 'Your booking failed: '],
] as const)('a %s mail has headers of its own only', async (status, messageId, subject) => {
  const title = 'Gala\r\nBcc: eve@example.com\r\n\r\nbody';
  const facts = { ...mailFacts(mail, { ...event, title } as Event, [], null), attached: null };
  const odd = { ...mail, status, email: "o'neil+x@βιβλία.example" };
  const attachment = { fileName: 'ticket.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF') };
  const { envelope, message } = await writeMail(FROM, odd, facts, [attachment]);
  const [head = ''] = message.toString().split('\r\n\r\n');
  const headers = new Map(head.split(/\r\n(?! )/).map((line) => line.split(/: (.*)/s) as [string, string]));
  expect([...headers.keys()].toSorted()).toEqual(
    ['Auto-Submitted', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To'].toSorted(),
  );
  expect(headers.get('Message-ID')).toBe(messageId);
  expect(headers.get('Subject')).toMatch(new RegExp(`^${subject}Gala`));
  expect(headers.get('From')).toBe('Box Office <tickets@shop.example>');
  expect(envelope).toEqual({ from: FROM.address, to: "o'neil+x@xn--kxaeba8an.example" });
  expect(message.toString()).toContain('filename=ticket.pdf');
});

test('the first ten tickets come as files, up to 5 MiB and 20 seconds; what cannot be printed is waited for, and then left out', async () => {
  const twelve = Array.from({ length: 12 }, (_, i) => ({ code: `${i}` }));
  const printing = (bytes: number) => async (code: string) => {
    return { fileName: `${code}.png`, mediaType: 'image/png', content: new Uint8Array(bytes) };
  };
  const attach = async (print: PrintTicket, attempt = 1) =>
    (await ticketAttachments(print, { attempt }, twelve)).length;
  expect(await attach(printing(10))).toBe(10);
  expect(await attach(printing(1_048_576))).toBe(5);
  const broken: PrintTicket = async (code) => {
    if (code === '3') throw new Error('broken');
    return printing(10)(code);
  };
  await expect(attach(broken, 3)).rejects.toThrow('broken');
  expect(await attach(broken, 4)).toBe(3);
  const now = vi.spyOn(performance, 'now');
  let clock = 0;
  now.mockImplementation(() => clock);
  const slow: PrintTicket = async (code) => {
    clock += 11_000;
    return printing(10)(code);
  };
  expect(await attach(slow)).toBe(2);
  now.mockRestore();
  expect([whatIsAttached(10, 12), whatIsAttached(1, 1), whatIsAttached(0, 2)]).toEqual([
    'The first 10 of 12 tickets are attached.',
    'Your ticket is attached.',
    null,
  ]);
});
