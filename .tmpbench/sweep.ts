import { startPostgresServer } from '../test/support/postgres-server.ts';
import { temporaryFolder } from '../test/support/services/temporary-folder.ts';
const { readConfig } = await import('../dist/config.js');
const { createContainer } = await import('../dist/container.js');
const { migrate } = await import('../dist/migrations/migrate.js');
const N = 10_000;
async function measure(name: string, url: string) {
  const config = readConfig({ DATABASE_URL: url, LOG_LEVEL: 'warn' });
  const api = await createContainer(config);
  await migrate(api.db);
  const { id: eventId } = await api.createEvent({ title: 'x', capacity: N });
  let next = 0;
  await Promise.all(Array.from({ length: 500 }, async () => { while (next < N) await api.bookTicket({ eventId, userId: `b-${next++}` }); }));
  await api.close();
  const worker = await createContainer(config);
  const cpu = process.cpuUsage();
  const since = performance.now();
  worker.startWorker();
  for (;;) {
    const e = await worker.events.find(eventId);
    if (e.finalizedCount === N) break;
    await new Promise((r) => setTimeout(r, 20));
  }
  const ms = performance.now() - since;
  const used = process.cpuUsage(cpu);
  console.log(name, Math.round(N / ms * 1000), '/s by the sweeper alone; cpu us per booking', Math.round((used.user + used.system) / N));
  await worker.close();
}
const folder = await temporaryFolder('sweep');
await measure('sqlite', `sqlite:${folder.path}/x.db`);
await folder.remove();
const pg = await startPostgresServer();
await measure('postgresql', pg.url);
await pg.remove();
process.exit(0);
