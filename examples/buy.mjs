// node buy.mjs EVENT [PLACES]: books places and waits for the tickets. Node 22 or newer, without a package.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const boxOffice = process.env.BOXOFFICE_URL ?? 'http://localhost:8000';
const token = process.env.BOXOFFICE_TOKEN;
const authorization = token ? { authorization: `Bearer ${token}` } : {};
const [eventId, quantity = '1'] = process.argv.slice(2);

const BOOK = `mutation ($input: BookTicketInput!) { bookTicket(input: $input) {
  ... on Booking { id reference } ... on BookingRefused { code message retryAfterMs } } }`;
const WATCH = 'subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { status tickets { code } } }';

// The same key on each try: whatever became of the one before, there is one booking at most.
const userId = token ? undefined : 'node-example';
const input = { eventId, quantity: Number(quantity), userId, idempotencyKey: randomUUID() };
const booking = await book();
console.log(`booked as ${booking.reference}`);
await watch(booking.id);

async function book() {
  for (;;) {
    const response = await fetch(`${boxOffice}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({ query: BOOK, variables: { input } }),
    });
    const { data, errors } = await response.json();
    const retryAfterMs = data?.bookTicket.retryAfterMs ?? errors?.[0].extensions.retryAfterMs;
    if (data?.bookTicket.id) return data.bookTicket;
    if (!retryAfterMs) throw new Error(data?.bookTicket.message ?? errors[0].message);
    await delay(retryAfterMs);
  }
}

/** The protocol is graphql-transport-ws, here without a library; graphql-ws also reconnects. */
function watch(id) {
  const socket = new WebSocket(`${boxOffice.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const send = (message) => socket.send(JSON.stringify(message));
  socket.onopen = () => send({ type: 'connection_init', payload: authorization });
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { id } } });
    if (type === 'ping') send({ type: 'pong' });
    if (type === 'complete') socket.close();
    if (type !== 'next') return;
    const { status, tickets } = payload.data.bookingStatusChanged;
    console.log([status, ...tickets.map(({ code }) => code)].join(' '));
  };
  return new Promise((resolve) => {
    socket.onclose = resolve;
  });
}
