import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import Redlock from 'redlock';

// A booking as it must not be made, run as a process of its own: whoever has the lock reads, and writes what it read
// allows. `guarded` puts the condition into the UPDATE. With `stop` it stops itself between the two, as a machine does
// that swaps or is moved.
// naive-booking.ts <database file> <redis url> <lease in ms> <naive|guarded> <go|stop>

const [file, redisUrl, leaseMs, kind, pace] = process.argv.slice(2) as [string, string, string, string, string];
const redis = new Redis(redisUrl);
const database = new DatabaseSync(file, { timeout: 5_000 });
const redlock = new Redlock([redis], { retryCount: 100, retryDelay: 50, retryJitter: 10 });

const lock = await redlock.acquire([`${file}:lock`], Number(leaseMs));
const { capacity, booked } = database.prepare('select capacity, booked from events').get() as Record<string, number>;
const free = (booked as number) < (capacity as number);
if (pace === 'stop') process.kill(process.pid, 'SIGSTOP');
const condition = kind === 'guarded' ? 'where booked + 1 <= capacity' : '';
const changes = free ? database.prepare(`update events set booked = booked + 1 ${condition}`).run().changes : 0;
await lock.release().catch(() => undefined);
process.stdout.write(changes ? 'booked' : 'sold out');
redis.disconnect();
database.close();
