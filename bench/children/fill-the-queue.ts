import { importBuilt } from '../built.ts';

// Books places of one event in this process, with the worker off: rows that are PENDING, and their jobs in Redis.

const AT_ONCE = 500;
const bookings = Number(process.argv[2]);
const { readConfig } = await importBuilt<typeof import('../../src/config.ts')>('config.js');
const { createContainer } = await importBuilt<typeof import('../../src/container.ts')>('container.js');

const container = await createContainer(readConfig());
const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: bookings });
let next = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < bookings) {
      const outcome = await container.bookTicket({ eventId, userId: `buyer-${next++}` });
      if (outcome.kind !== 'booked') throw new Error(`refused: ${outcome.code}`);
    }
  }),
);
await container.close();
