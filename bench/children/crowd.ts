import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

// Many subscribers of one event, in a process of their own. Tells its parent when all have seen a number of bookings.

const OPENED_AT_ONCE = 100;
const openTimeoutMs = 20_000;
const EVENT_STATS = 'subscription ($eventId: ID!) { eventStatsChanged(eventId: $eventId) { bookedCount } }';

const [url, eventId, size] = process.argv.slice(2) as [string, string, string];
const SUBSCRIBE = JSON.stringify({
  id: '1',
  type: 'subscribe',
  payload: { query: EVENT_STATS, variables: { eventId } },
});
/** How many subscribers have seen at least this many bookings. */
const seenBy = new Map<number, number>();

for (let opened = 0; opened < Number(size); opened += OPENED_AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, Number(size) - opened) }, subscribe));
}
process.once('disconnect', () => process.exit(0));

/** Resolves with the first numbers. */
function subscribe(): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  let last = -1;
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('close', (code) => end(`a subscriber was closed with ${code}`));
  socket.on('error', (error) => end(error.message));
  const first = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type === 'connection_ack') return socket.send(SUBSCRIBE);
      if (message.type !== 'next') return end(`unexpected ${String(data)}`);
      const { bookedCount } = message.payload.data.eventStatsChanged;
      for (let count = last + 1; count <= bookedCount; count++) note(count);
      last = Math.max(last, bookedCount);
      resolve();
    });
  });
  const late = pause(openTimeoutMs, undefined, { ref: false }).then(() => {
    if (last < 0) end('a subscriber is not served');
  });
  return Promise.race([first, late]);
}

type Message =
  | { readonly type: 'next'; readonly payload: { data: { eventStatsChanged: { bookedCount: number } } } }
  | { readonly type: 'connection_ack' | 'error' | 'complete' };

function note(count: number): void {
  const seen = (seenBy.get(count) ?? 0) + 1;
  seenBy.set(count, seen);
  if (seen === Number(size)) process.send?.({ bookedCount: count, at: performance.timeOrigin + performance.now() });
}

function end(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
