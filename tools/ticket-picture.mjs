import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { openPdf } from '../test/support/pdf-page.ts';

/** Books a ticket at a running box office and draws its pages, A4 and phone, beside each other for the README. */
const [url = 'http://localhost:8000', file = fileURLToPath(new URL('../docs/ticket.png', import.meta.url))] =
  process.argv.slice(2);

const EVENT = {
  title: 'Midsummer Night Concert · 夏の夜の音楽',
  venue: 'Waldbühne, Glockenturmstraße 1, Berlin',
  startsAt: '2027-06-25T18:00:00Z',
  endsAt: '2027-06-25T21:30:00Z',
  timeZone: 'Europe/Berlin',
  capacity: 2,
};
const TICKETS = 'query ($id: ID!) { booking(id: $id) { tickets { pdfUrl } } }';
/** Of the picture, in pixels. */
const MARGIN = 48;
const GROUND = [231, 233, 237, 255];
const TRIES = 100;

const [page, phone] = await pagesOf(await ticket());
const height = Math.max(page.height, phone.height) + 2 * MARGIN;
const picture = new PNG({ width: page.width + phone.width + 3 * MARGIN, height });
picture.data.set(
  Array(picture.width * picture.height)
    .fill(GROUND)
    .flat(),
);
place(page, MARGIN);
place(phone, page.width + 2 * MARGIN);
await writeFile(file, PNG.sync.write(picture, { deflateLevel: 9 }));
console.log(`${file}: ${picture.width} x ${picture.height}`);

/** @returns the address of its PDF */
async function ticket() {
  const { createEvent } = await ask('mutation ($input: CreateEventInput!) { createEvent(input: $input) { id } }', {
    input: EVENT,
  });
  const input = { eventId: createEvent.id, userId: 'zoe', quantity: 2, holderName: 'Zoë Müller-Łukasiewicz' };
  const { bookTicket } = await ask(
    'mutation ($input: BookTicketInput!) { bookTicket(input: $input) { ... on Booking { id } } }',
    { input },
  );
  for (let tries = 0; tries < TRIES; tries++) {
    const { booking } = await ask(TICKETS, { id: bookTicket.id });
    if (booking.tickets.length > 0) return new URL(booking.tickets[0].pdfUrl, url);
    await delay(50);
  }
  throw new Error('the booking does not become final');
}

async function ask(query, variables) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** As pictures of one height. */
async function pagesOf(pdfUrl) {
  const sizes = ['a4', 'phone'].map(async (size) => (await fetch(`${pdfUrl}?size=${size}`)).bytes());
  const [a4, phone] = await Promise.all(sizes);
  const first = await openPdf(a4, 1.1);
  const second = await openPdf(phone, 1.1);
  return [first.picture, second.picture];
}

function place({ width, height: own, pixels }, left) {
  const top = Math.floor((height - own) / 2);
  for (let y = 0; y < own; y++) {
    picture.data.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), ((top + y) * picture.width + left) * 4);
  }
}
