import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import type { PageSize } from '../../src/tickets/rendering/document-form.ts';
import { ticketUrls } from '../../src/tickets/ticket-urls.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { HOSTILE_TITLES } from '../support/hostile-titles.ts';
import { send } from '../support/http-client.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { bookingOf } from '../support/outcomes.ts';
import { openPdf } from '../support/pdf-page.ts';
import { readPng, readSvg, textIn } from '../support/qr-picture.ts';
import { qrPayloadOf, sellTicket, ticketsOf } from '../support/tickets.ts';

const QUIET_ZONE_MODULES = 4;
const MODULE_PIXELS = 8;

let office: BoxOffice;
let rest: Rest;
let eventId: number;
const logged: string[] = [];
beforeAll(async () => {
  const log = createLogger('trace', { destination: { write: (line) => logged.push(line) } });
  office = await openBoxOffice('embedded', { overrides: { log } });
  rest = await documentedRest(office.url);
  ({ id: eventId } = await office.container.createEvent({
    title: 'Concert Вечер 夜',
    venue: 'Philharmonie',
    startsAt: new Date('2026-12-04T19:00:00Z'),
    timeZone: 'Europe/Berlin',
    capacity: 1_000,
  }));
});
afterAll(() => office.close());

async function sell(quantity = 1, holderName: string | null = null) {
  const booking = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity, holderName }));
  const tickets = await ticketsOf(office.container, booking.id);
  return { booking, code: (tickets[0] as { code: string }).code, codes: tickets.map(({ code }) => code) };
}

async function picture(code: string, format: 'png' | 'svg' | `pdf?size=${PageSize}`): Promise<Buffer> {
  return eventually(async () => {
    // Whoever is told to come again does: on a machine that is busy with other things the first page takes its time.
    const answer = await fetch(`${office.url}/tickets/${code}.${format}`);
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  });
}

describe('a ticket', () => {
  test('shows the same QR code over both APIs, which leads to its booking and event and lets its holder in', async () => {
    const { booking, codes } = await sell(2, 'Ζωή 李');
    const query = `query ($id: ID!) { booking(id: $id) { tickets {
      code holderName qrUrl pdfUrl qrPayload event { id title } booking { id reference } } } }`;
    const asked = await graphqlData<{ booking: { tickets: TicketAnswer[] } }>(office.url, query, { id: booking.id });
    const { body } = await rest('GET', `/booking/${booking.id}`);
    expect(body).toMatchObject({ holder_name: 'Ζωή 李', status: 'FINALIZED' });
    expect(body.tickets).toHaveLength(2);
    for (const [i, ticket] of asked.booking.tickets.entries()) {
      const code = codes[i] as string;
      expect(ticket).toEqual({
        code,
        holderName: 'Ζωή 李',
        qrUrl: `/tickets/${code}.png`,
        pdfUrl: `/tickets/${code}.pdf`,
        qrPayload: await qrPayloadOf(office.container, eventId, code),
        event: { id: `${eventId}`, title: 'Concert Вечер 夜' },
        booking: { id: `${booking.id}`, reference: booking.reference },
      });
      const urls = { qr_url: ticket.qrUrl, pdf_url: ticket.pdfUrl };
      expect(body.tickets[i]).toEqual({ code, serial: i + 1, ...urls, redeemed_at: null });
      const { text: qrPayload } = readPng(await picture(code, 'png'), MODULE_PIXELS);
      expect(qrPayload).toBe(ticket.qrPayload);
      const scan = { event_id: eventId, qr_payload: qrPayload, device_id: 'gate-1', nonce: code };
      expect((await rest('POST', '/check-in', { body: scan })).status).toBe(200);
    }
  });

  test('has no QR code before it is issued, and tells name and address of its holder once they were given', async () => {
    const waiting = await openBoxOffice('embedded', { worker: false });
    const { id } = await waiting.container.createEvent({ title: 'Concert', capacity: 1 });
    const details = { holder_name: 'Ζωή 李', email: 'zoe@βιβλία.example' };
    const input = { event_id: id, user_id: 1, ...details };
    const booked = await (await documentedRest(waiting.url))('POST', '/book', { body: input });
    for (const name of Object.keys(details)) expect(Object.keys(booked.body)).not.toContain(name);
    const { body } = await (await documentedRest(waiting.url))('GET', `/booking/${booked.body.id}`);
    const nothingYet = { mail_status: null, mail_error: null, payment_reference: null, tickets: [] };
    expect(body).toEqual({ ...booked.body, ...details, ...nothingYet });
    await waiting.close();
  });
});

describe.each(['png', 'svg'] as const)('its picture as %s', (format) => {
  const read = (bytes: Buffer) => (format === 'png' ? readPng(bytes, MODULE_PIXELS) : readSvg(bytes.toString()));

  test('is read by others, is corrected at level Q and has four free modules around it', async () => {
    const { code } = await sell();
    const { text, modules } = read(await picture(code, format));
    expect(text).toBe(await qrPayloadOf(office.container, eventId, code));
    const dark = modules.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [{ x, y }] : [])));
    const last = modules.length - QUIET_ZONE_MODULES - 1;
    for (const axis of ['x', 'y'] as const) {
      const places = dark.map((module) => module[axis]);
      expect([Math.min(...places), Math.max(...places)]).toEqual([QUIET_ZONE_MODULES, last]);
    }
    // The first two bits beside the upper left mark name the level, under a mask of 10 (ISO/IEC 18004, 7.9): 11 is Q.
    const row = modules[QUIET_ZONE_MODULES + 8]?.slice(QUIET_ZONE_MODULES, QUIET_ZONE_MODULES + 2);
    expect(row).toEqual([false, true]);
  });
});

describe.each([
  ['a4', 595, 842],
  ['phone', 360, 640],
] as const)('its page (%s)', (size, width, height) => {
  test('says what it is for, with the same QR code, in a file that is small', async () => {
    const { booking, code } = await sell(2, 'Ζωή Μουσική');
    const bytes = await picture(code, `pdf?size=${size}`);
    expect(bytes.length).toBeLessThan(60_000);
    const page = await openPdf(bytes);
    expect(page).toMatchObject({ width, height });
    const { picture: pixels, text } = page;
    expect(textIn(pixels.pixels, pixels.width, pixels.height)).toBe(await qrPayloadOf(office.container, eventId, code));
    const said = ['TICKET 1 OF 2', 'Concert Вечер 夜', 'Friday, 4 December 2026', '20:00', 'CET (Europe/Berlin)'];
    for (const line of [...said, 'Philharmonie', 'Ζωή Μουσική', booking.reference, code]) expect(text).toContain(line);
    expect(await picture(code, `pdf?size=${size}`)).toEqual(bytes);
  });
});

test('pages are made by one thread, which lets all others of the process go first', async () => {
  await picture((await sell()).code, 'pdf?size=a4');
  const threads = await readdir('/proc/self/task');
  const stats = await Promise.all(threads.map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8').catch(() => '')));
  // The 19th of proc(5), counted from the state, which stands behind the name.
  const niceness = stats.map((stat) => Number(stat.split(') ')[1]?.split(' ')[16] ?? 0));
  expect(niceness.filter((nice) => nice > 0)).toEqual([10]);
});

test.each(Object.keys(HOSTILE_TITLES) as (keyof typeof HOSTILE_TITLES)[])(
  'a title of %s keeps nobody from a ticket',
  async (what) => {
    const title = HOSTILE_TITLES[what];
    const { id } = await office.container.createEvent({ title: allowed(title), venue: allowed(title), capacity: 1 });
    const { code } = await sellTicket(office.container, id);
    expect((await picture(code, 'pdf?size=a4')).subarray(0, 5).toString()).toBe('%PDF-');
  },
);

/** Control characters are refused when an event is made. */
function allowed(title: string): string {
  return title.replaceAll(/\p{Cc}/gu, '');
}

test('no code of a ticket is in the log, whoever asks and however', async () => {
  const { codes } = await sell(2);
  const [first = '', second = ''] = codes;
  await picture(first, 'png');
  await send(office.url, { path: `/%74ickets/${second}.svg` });
  await send(office.url, { path: `/tickets/${second}` });
  expect(logged.join('')).toContain('/tickets/');
  for (const code of codes) expect(logged.join('')).not.toContain(code);
});

test('a code that no text can have is refused as any other parameter', async () => {
  const { status, body } = await rest('GET', '/tickets/%00.png');
  expect([status, body.detail[0].loc]).toEqual([422, ['path', 'code']]);
});

test('with PUBLIC_URL tickets lead there', () => {
  expect(ticketUrls('https://shop.example/box', 'CODE')).toEqual({
    qrUrl: 'https://shop.example/box/tickets/CODE.png',
    pdfUrl: 'https://shop.example/box/tickets/CODE.pdf',
  });
});

interface TicketAnswer {
  readonly code: string;
  readonly qrUrl: string;
  readonly pdfUrl: string;
  readonly qrPayload: string;
}
