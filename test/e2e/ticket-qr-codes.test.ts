import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { ticketUrls } from '../../src/tickets/ticket-urls.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { documentedRest, type Rest } from '../support/openapi-document.ts';
import { bookingOf } from '../support/outcomes.ts';
import { readPng, readSvg } from '../support/qr-picture.ts';
import { qrPayloadOf, ticketsOf } from '../support/tickets.ts';

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
  ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1_000 }));
});
afterAll(() => office.close());

async function sell(quantity = 1) {
  const booking = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity }));
  const tickets = await ticketsOf(office.container, booking.id);
  return { booking, code: (tickets[0] as { code: string }).code, codes: tickets.map(({ code }) => code) };
}

async function picture(code: string, format: 'png' | 'svg'): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${office.url}/tickets/${code}.${format}`)).arrayBuffer());
}

describe('a ticket', () => {
  test('shows the same QR code over both APIs, which leads to its booking and event and lets its holder in', async () => {
    const { booking, codes } = await sell(2);
    const query = `query ($id: ID!) { booking(id: $id) { tickets {
      code qrUrl qrPayload event { id title } booking { id reference } } } }`;
    const asked = await graphqlData<{ booking: { tickets: TicketAnswer[] } }>(office.url, query, { id: booking.id });
    const { body } = await rest('GET', `/booking/${booking.id}`);
    expect(body).toMatchObject({ holder_name: null, status: 'FINALIZED' });
    expect(body.tickets).toHaveLength(2);
    for (const [i, ticket] of asked.booking.tickets.entries()) {
      const code = codes[i] as string;
      expect(ticket).toEqual({
        code,
        qrUrl: `/tickets/${code}.png`,
        qrPayload: await qrPayloadOf(office.container, eventId, code),
        event: { id: `${eventId}`, title: 'Concert' },
        booking: { id: `${booking.id}`, reference: booking.reference },
      });
      expect(body.tickets[i]).toEqual({ code, serial: i + 1, qr_url: ticket.qrUrl, redeemed_at: null });
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
    expect(body).toEqual({ ...booked.body, ...details, mail_status: null, mail_error: null, tickets: [] });
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
  });
});

interface TicketAnswer {
  readonly code: string;
  readonly qrUrl: string;
  readonly qrPayload: string;
}
