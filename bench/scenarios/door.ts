import { generateKeyPairSync } from 'node:crypto';
import { graphqlData } from '../../test/support/graphql-client.ts';
import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { importBuilt } from '../built.ts';
import { throughputFigures } from '../figure.ts';
import { warmUp } from '../load/autocannon.ts';
import type { Sample } from '../side-by-side.ts';
import type { Installation } from '../stage/installation.ts';
import { withInstallations } from '../stage/installation.ts';

/** More than are scanned in one measurement: each scan that is counted is of a ticket of its own. */
const TICKETS = 24_000;
const WARM_UP_TICKETS = 2_000;
const CONNECTIONS = 64;
const MAX_SECONDS = 2;
const CHECK_IN = `mutation ($input: CheckInInput!) { checkIn(input: $input) {
  __typename ... on CheckedIn { ticket { id redeemedAt } } ... on CheckInRefused { code } } }`;

const KEY = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'bench' };

/** Everybody comes to the same event at the same time, and each QR code is checked. */
export const door: Scenario = {
  name: 'door',
  run: (bench) => {
    const env = { TICKET_SIGNING_KEYS: JSON.stringify({ keys: [KEY] }) };
    return withInstallations(bench.services, { env }, async (installations) => {
      for (const installation of installations) await scanUntilWarm(installation);
      const contestants = installations.map((installation) => {
        return { name: installation.setup, measure: () => scan(bench, installation) };
      });
      const title = `scans at the door of one event, GraphQL, ${CONNECTIONS} connections`;
      return throughputFigures('door', title, await compareThroughput(bench, title, contestants));
    });
  },
};

async function scanUntilWarm(installation: Installation): Promise<void> {
  const { bodies } = await sell(installation, WARM_UP_TICKETS);
  await warmUp(`${installation.url}/graphql`, bodies, { requests: WARM_UP_TICKETS });
}

async function scan({ generate, seconds }: Bench, installation: Installation): Promise<Sample> {
  const { url, setup } = installation;
  const { eventId, bodies } = await sell(installation, TICKETS);
  const load = { url: `${url}/graphql`, bodies, connections: CONNECTIONS, seconds: Math.min(seconds, MAX_SECONDS) };
  const { answers, failures, seconds: took, p50Ms, p99Ms } = await generate(load);
  const query = 'query ($id: ID!) { checkInStats(eventId: $id) { redeemedCount } }';
  const { checkInStats } = await graphqlData<{ checkInStats: { redeemedCount: number } }>(url, query, { id: eventId });
  const { redeemedCount } = checkInStats;
  if (failures > 0 || redeemedCount < answers) {
    throw new Error(`${setup}: ${answers} answers, ${failures} failures, ${redeemedCount} tickets used`);
  }
  return { perSecond: answers / took, p50Ms, p99Ms };
}

/** An event whose tickets are out, one per booking, and a scan of each. */
async function sell(
  { database, setup }: Installation,
  tickets: number,
): Promise<{ eventId: number; bodies: string[] }> {
  const now = setup !== 'PostgreSQL + Redis' ? "cast(unixepoch('subsec') * 1000 as integer)" : 'now()';
  const [event] = await database.query<{ id: number }>(
    `insert into events (title, capacity, booked_count, finalized_count, created_at)
     values ('Concert', ${tickets}, ${tickets}, ${tickets}, ${now}) returning id`,
  );
  const { id: eventId } = event as { id: number };
  await database.query(
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${tickets})
     insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at, finalized_at)
     select 'door-${eventId}-' || i, ${eventId}, 'buyer-' || i, 1, 'FINALIZED', '', 2, ${now}, ${now}, ${now} from n`,
  );
  await database.query(
    `insert into tickets (booking_id, serial, code) select id, 1, reference from bookings where event_id = ${eventId}`,
  );
  return { eventId, bodies: await scansOf(eventId, tickets) };
}

async function scansOf(eventId: number, tickets: number): Promise<string[]> {
  const { signQrPayload } =
    await importBuilt<typeof import('../../src/tickets/qr-payload.ts')>('tickets/qr-payload.js');
  const { toSigningKeys } =
    await importBuilt<typeof import('../../src/tickets/signing-keys.ts')>('tickets/signing-keys.js');
  const keys = toSigningKeys([KEY as Parameters<typeof toSigningKeys>[0][number]]);
  return Array.from({ length: tickets }, (_, i) => {
    const qrPayload = signQrPayload(keys, { eventId, code: `door-${eventId}-${i + 1}` });
    const input = { eventId, qrPayload, deviceId: `gate-${i % CONNECTIONS}`, nonce: `${i}` };
    return JSON.stringify({ query: CHECK_IN, variables: { input } });
  });
}
