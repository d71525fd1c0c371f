import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http-client.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { rush } from '../support/outcomes.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { openShell } from '../support/shell.ts';

const BUYERS = 200;

describe('the log', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder('logs');
  });
  afterEach(() => folder.remove());

  const start = (env: Record<string, string>) => new BoxOfficeProcess(['serve'], env, { cwd: folder.path });
  const post = (url: string, path: string, body: object, requestId = 'any') =>
    send(url, { path, headers: { 'x-request-id': requestId }, body });

  test('shows one booking from its request to its end, by the commands of docs/operations.md', async () => {
    const office = await start({ LOG_LEVEL: 'debug' }).ready();
    await post(office.url, '/event', { title: 'Concert', capacity: 2 });
    const [mine, other] = ['order-7', 'order-8'];
    for (const id of [mine, other]) await post(office.url, '/book', { user_id: 1, event_id: 1 }, id);
    const ofBooking = () => office.logged('a booking has changed').filter(({ bookingId }) => bookingId === 1);
    await eventually(() => expect(ofBooking().map(({ status }) => status)).toEqual(['PENDING', 'FINALIZED']));
    await office.stop();
    await writeFile(join(folder.path, 'boxoffice.log'), office.stdout);
    const shell = await openShell(folder.path, {});
    const [outages, troubles, booking] = commandsOf('Logs') as [string, string, string];
    expect(await shell.run(outages)).toBe('');
    expect(linesOf(await shell.run(troubles))).toMatchObject([
      { level: WARN, msg: expect.stringMatching(/^AUTH_MODE/) },
    ]);
    expect(linesOf(await shell.run(booking))).toMatchObject([
      { bookingId: 1, status: 'PENDING', bookingVersion: 1, eventId: 1 },
      { requestId: mine, method: 'POST', url: '/book', status: 200 },
      { bookingId: 1, status: 'FINALIZED', bookingVersion: 2, eventId: 1 },
    ]);
    for (const line of office.logs) expect(line).toMatchObject({ role: 'serve', version: '0.1.0', pid: office.pid });
  });

  test('says in one line how many were turned away, however many they were', async () => {
    const office = await start({ BOOKING_MAX_WAITING: '1', BOOKING_MAX_GROUP: '1' }).ready();
    await post(office.url, '/event', { title: 'Concert', capacity: BUYERS });
    const printed = office.stdout.length;
    const answers = await rush(BUYERS, (user_id) => post(office.url, '/book', { user_id, event_id: 1 }));
    const busy = answers.filter(({ status }) => status === 503).length;
    expect(busy).toBeGreaterThan(BUYERS / 4);
    await office.stop();
    const told = office.logged('requests were told to come again');
    expect(told).toMatchObject([{ level: WARN, busy, unavailable: 0 }]);
    expect(office.stdout.length - printed).toBeLessThan(1_000);
  });

  test('with LOG_FORMAT=pretty is for people, up to the last line', async () => {
    const office = start({ LOG_FORMAT: 'pretty' });
    await eventually(() => office.stdout.includes('listening'));
    await office.stop();
    const lines = office.stdout.trimEnd().split('\n');
    expect(office.stdout).not.toContain('{');
    expect(lines.at(-1)).toMatch(/^\[[\d:.]+\] INFO \(serve\/\d+\): stopped$/);
  });
});

function linesOf(output: string): object[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
}
