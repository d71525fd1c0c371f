import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { within } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { aptInstall, foldersOnPath, folderWith } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { freePort } from '../support/services/server-process.ts';
import { openSubscriber } from '../support/subscriber.ts';

const CLONE = fileURLToPath(new URL('../../', import.meta.url));
const blockTimeoutMs = 40_000;

/** By what stands in them. */
const NOT_RUN_HERE = {
  'make run': 'it installs, and runs this very test',
  'participant D as event desk': 'it is a picture',
  'participant P as payment provider': 'it is a picture',
  'docker compose up': 'it needs a Docker engine',
};
const RUN_HERE = [
  'createEvent',
  'bookTicket(input: { eventId: 1, userId: "alice"',
  'graphql-ws',
  'updateEvent(',
  'bookTicket(input: { eventId: 1, userId: "carol"',
  'confirmBooking(id: 4',
  'joinWaitingList(',
  'waitingListEntryChanged(',
  'checkIn(input:',
  '"CheckedIn"',
  '/book',
  'AUTH_MODE=jwt',
];

const blocks = readmeBlocks();
const blockWith = (part: string) => blocks.filter((block) => block.text.includes(part));

test('every block of README is run, or there is a reason why not', () => {
  const known = [...RUN_HERE, ...Object.keys(NOT_RUN_HERE)];
  expect(known.map((part) => [part, blockWith(part).length])).toEqual(known.map((part) => [part, 1]));
  expect(blocks.filter(({ text: all }) => !known.some((part) => all.includes(part)))).toEqual([]);
});

describe('README by the letter, on another port:', () => {
  let folder: TemporaryFolder;
  let office: BoxOfficeProcess;
  let port: number;
  beforeAll(async () => {
    for (const program of ['curl', 'openssl']) await provide(program);
    folder = await temporaryFolder('readme');
    port = await freePort();
    const env = { PORT: `${port}`, DATABASE_URL: sqlite('office.db'), ISSUANCE_DELAY_MS: '3000' };
    office = await new BoxOfficeProcess(['serve'], env).ready();
  });
  afterAll(async () => {
    expect(await office.stop()).toMatchObject({ code: 0 });
    await folder.remove();
  });

  const sqlite = (name: string) => `sqlite:${join(folder.path, name)}`;
  const block = (part: string, onPort = port) => String(blockWith(part)[0]?.text).replaceAll('8000', String(onPort));

  test('an event is created over GraphQL', async () => {
    expect(await shell(block('createEvent'))).toBe('{"data":{"createEvent":{"id":"1","availableCount":50}}}\n');
  });

  test('a place is booked, again and again the same', async () => {
    const query = block('bookTicket(input: { eventId: 1, userId: "alice"');
    const first = await graphqlData<{ bookTicket: object }>(office.url, query);
    expect(first.bookTicket).toEqual({
      __typename: 'Booking',
      id: '1',
      reference: expect.any(String),
      status: 'PENDING',
    });
    expect(await graphqlData(office.url, query)).toMatchObject({ bookTicket: { id: '1' } });
  });

  test('a booking is watched, from PENDING to FINALIZED while issuing takes its time', async () => {
    await writeFile(join(folder.path, 'watch.mjs'), block('graphql-ws'));
    await symlink(join(CLONE, 'node_modules'), join(folder.path, 'node_modules'));
    const shown = await shell(`"${process.execPath}" watch.mjs`, { cwd: folder.path });
    expect(shown).toMatch(/^\{ status: 'PENDING'.*tickets: \[\] \}\n\{[^{}]*status: 'FINALIZED'.*\{ code: '\w+' \}/s);
  });

  test('an event is edited, and of two edits of one version the second is refused', async () => {
    const query = block('updateEvent(');
    const first = await graphqlData<{ updateEvent: object }>(office.url, query);
    expect(first.updateEvent).toMatchObject({ __typename: 'Event', version: 2, venue: 'Music Hall' });
    const second = await graphqlData<{ updateEvent: object }>(office.url, query);
    expect(second.updateEvent).toMatchObject({ code: 'VERSION_CONFLICT', event: { version: 2, capacity: 50 } });
  });

  test('a ticket lets its holder in, once', async () => {
    const ofBob = '{ booking(id: 2) { tickets { code } } }';
    const { booking } = await graphqlData<{ booking: { tickets: { code: string }[] } }>(office.url, ofBob);
    const query = block('checkIn(input:').replace(/code: "\w+"/, `code: "${booking.tickets[0]?.code}"`);
    const shown = block('"CheckedIn"').trim().split('\n');
    const answers = shown.map((line) => JSON.parse(line, atAnyTime));
    expect(await graphqlData(office.url, query)).toEqual(answers[0]);
    expect(await graphqlData(office.url, query)).toMatchObject({ checkIn: { replayed: true } });
    expect(await graphqlData(office.url, query.replace('gate-3', 'gate-4'))).toEqual(answers[1]);
  });

  test('a place is booked and its booking read over REST', async () => {
    const lines = (await shell(block('/book').replaceAll(/\n(?=curl)/g, '\necho\n'))).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { id: 2, title: 'Concert', capacity: 2, booked_count: 0 },
      expect.objectContaining({ event_id: 1, user_id: 42, status: 'PENDING', quantity: 1 }),
      { event_id: 1, capacity: 50, booked_count: 3, finalized_count: expect.any(Number) },
      expect.objectContaining({ total_capacity: 52, total_reserved: 3 }),
    ]);
  });

  test('places are held, and booked by the payment, again and again the same', async () => {
    const hold = () => graphqlData<object>(office.url, block('bookTicket(input: { eventId: 1, userId: "carol"'));
    const held = { __typename: 'Booking', id: '4', status: 'HELD', expiresAt: expect.stringMatching(/Z$/) };
    expect(await hold()).toEqual({ bookTicket: held });
    const confirm = () => graphqlData<object>(office.url, block('confirmBooking(id: 4'));
    const confirmed = { __typename: 'Booking', id: '4', status: 'PENDING', paymentReference: 'pay_1' };
    for (let times = 0; times < 2; times++) expect(await confirm()).toEqual({ confirmBooking: confirmed });
  });

  test('whoever waits for a sold-out event is offered what comes back, and confirms it', async () => {
    const all = `mutation { bookTicket(input: { eventId: 2, userId: "erin", quantity: 2, holdSeconds: 600 }) { ... on Booking { id } } }`;
    const { bookTicket } = await graphqlData<{ bookTicket: { id: string } }>(office.url, all);
    const joined = { __typename: 'WaitingListEntry', id: '1', status: 'WAITING', ahead: 0 };
    expect(await graphqlData(office.url, block('joinWaitingList('))).toEqual({ joinWaitingList: joined });
    const subscriber = openSubscriber(`${office.url.replace('http', 'ws')}/graphql`);
    type Told = { waitingListEntryChanged: { status: string; booking: { id: string } | null } };
    const watch = subscriber.subscribe<Told>(block('waitingListEntryChanged('));
    const told = async () => (await watch.next()).waitingListEntryChanged;
    expect(await told()).toEqual({ status: 'WAITING', ahead: 0, booking: null });
    await graphqlData(office.url, 'mutation ($id: ID!) { cancelBooking(id: $id) { id } }', bookTicket);
    const { booking } = await told();
    expect(booking).toEqual({ id: expect.any(String), status: 'HELD', expiresAt: expect.stringMatching(/Z$/) });
    const confirm = block('confirmBooking(id: 4').replace('id: 4', `id: ${booking?.id}`);
    expect(await graphqlData(office.url, confirm)).toMatchObject({ confirmBooking: { status: 'PENDING' } });
    expect(await told()).toMatchObject({ status: 'CONVERTED', ahead: null });
    await subscriber.dispose();
  });

  test('the block with tokens works when it is pasted whole into a shell', async () => {
    const another = await freePort();
    const env = { PORT: `${another}`, DATABASE_URL: sqlite('tokens.db'), LOG_LEVEL: 'warn' };
    const shown = await shell(block('AUTH_MODE=jwt', another), { env });
    expect(shown).toContain('{"id":1,"title":"Concert","capacity":2,"booked_count":0}');
    expect(shown).not.toContain('AUTH_MODE is off');
  });
});

function atAnyTime(key: string, value: unknown): unknown {
  return key === 'redeemedAt' ? expect.any(String) : value;
}

/**
 * What somebody sees who pastes this into a shell in a clone, until it has ended; what it left running in the background
 * is ended then. Node is the one of their machine, unless npm says otherwise.
 */
async function shell(
  commands: string,
  { cwd = CLONE, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { HOME = '' } = process.env;
  const PATH = foldersOnPath()
    .filter((folder) => !folder.includes('node_modules'))
    .join(':');
  const bash = spawn('bash', ['-c', commands], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const shown = text(bash.stdout);
  const closed = once(bash, 'close');
  await within(blockTimeoutMs, once(bash, 'exit'));
  endGroup(bash.pid as number);
  await closed;
  return shown;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH') throw error;
  }
}

async function provide(program: string): Promise<void> {
  if (await folderWith([program], foldersOnPath())) return;
  if (!(await aptInstall(program))) throw new Error(`${program} is needed to run README's blocks: install it`);
}

/** A fenced block of README.md. */
interface ReadmeBlock {
  readonly language: string;
  readonly text: string;
}

function readmeBlocks(): ReadmeBlock[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}
