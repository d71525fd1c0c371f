import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { readQrPayload, signQrPayload } from '../../src/tickets/qr-payload.ts';
import { createEmptyDatabase, DATABASE_KINDS, migrateUrl, type TestDatabase } from '../support/databases.ts';
import { readNumber, rush } from '../support/outcomes.ts';
import { signingJwk } from '../support/signing-keys.ts';

const STARTS = 5;
const TICKET = { eventId: 1, code: 'CODE' };

describe.each(DATABASE_KINDS)('%s: a box office that was given no keys', (kind) => {
  let database: TestDatabase;
  const opened: Container[] = [];
  const open = async (env: Record<string, string> = {}) => {
    const config = readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal', ...env });
    const container = await createContainer(config, { database: { onWarning: () => undefined } });
    opened.push(container);
    return container;
  };
  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    await migrateUrl(database.url);
  });
  afterAll(async () => {
    await Promise.all(opened.map((container) => container.close()));
    await database.remove();
  });

  test('makes one, and processes that start at the same moment have the same', async () => {
    const offices = await Promise.all(Array.from({ length: STARTS }, () => open()));
    const keys = await rush(STARTS, (i) => (offices[i] as Container).signingKeys());
    expect(new Set(keys.map(({ signer }) => signer.kid)).size).toBe(1);
    const payloads = new Set(keys.map((one) => signQrPayload(one, TICKET)));
    expect(payloads.size).toBe(1);
    expect(await readNumber((offices[0] as Container).db, 'select count(*) from signing_keys')).toBe(1);
  });

  test('still knows its tickets after it was started again', async () => {
    const payload = signQrPayload(await (opened[0] as Container).signingKeys(), TICKET);
    const again = await (await open()).signingKeys();
    expect(readQrPayload(again, payload)).toEqual({ kind: 'ours', ...TICKET });
  });

  test('goes by the keys that it is given, and by no other, from then on', async () => {
    const payload = signQrPayload(await (opened[0] as Container).signingKeys(), TICKET);
    const given = await open({ TICKET_SIGNING_KEYS: JSON.stringify({ keys: [signingJwk('given')] }) });
    const keys = await given.signingKeys();
    expect(keys.signer.kid).toBe('given');
    expect(readQrPayload(keys, payload)).toEqual({ kind: 'bad' });
  });
});

test('keys that could not be had from the database are asked for again', async () => {
  const database = await createEmptyDatabase('sqlite');
  const container = await createContainer(readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' }));
  await expect(container.signingKeys()).rejects.toThrow();
  await migrate(container.db);
  expect((await container.signingKeys()).verifiers.size).toBe(1);
  await container.close();
  await database.remove();
});
