import { setTimeout as pause } from 'node:timers/promises';
import { importBuilt } from '../built.ts';

// Books without HTTP and finalizes, in this process, and looks at its memory every `step` bookings, when nothing waits.

const AT_ONCE = 300;
/** Bookings that may wait for their finalization: a backlog is no leak, so it is kept small. */
const MAX_PENDING = 10_000;
const PER_LOOK_AT_PENDING = 2_000;
const MEGABYTE = 1024 ** 2;

const [bookings, step] = process.argv.slice(2).map(Number) as [number, number];
const { readConfig } = await importBuilt<typeof import('../../src/config.ts')>('config.js');
const { createContainer } = await importBuilt<typeof import('../../src/container.ts')>('container.js');
const { migrate } = await importBuilt<typeof import('../../src/migrations/migrate.ts')>('migrations/migrate.js');

const container = await createContainer(readConfig());
await migrate(container.db);
container.startWorker();
const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: bookings });

let booked = 0;
while (booked < bookings) {
  await bookMore(Math.min(PER_LOOK_AT_PENDING, bookings - booked));
  if (booked % step === 0) {
    await pendingBelow(1);
    look();
  } else {
    await pendingBelow(MAX_PENDING);
  }
}
await container.close();

async function bookMore(count: number): Promise<void> {
  const end = booked + count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (booked < end) {
        const outcome = await container.bookTicket({ eventId, userId: `buyer-${booked++}` });
        if (outcome.kind !== 'booked') throw new Error(`refused: ${outcome.code}`);
      }
    }),
  );
}

async function pendingBelow(bound: number): Promise<void> {
  for (;;) {
    const event = await container.events.find(eventId);
    if (event && event.bookedCount - event.finalizedCount < bound) return;
    await pause(10);
  }
}

function look(): void {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  console.log(JSON.stringify({ bookings: booked, residentMb: rss / MEGABYTE, heapMb: heapUsed / MEGABYTE }));
}
