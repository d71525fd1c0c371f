import { compareThroughput, type Scenario } from '../bench.ts';
import { importBuilt } from '../built.ts';
import { throughputFigures } from '../figure.ts';
import { loadWithAutocannon, warmUp } from '../load/autocannon.ts';
import { bodiesFor, GRAPHQL, USERS } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import { closingAll, createEndlessEvent, Installation } from '../stage/installation.ts';

const SECRET = 'a-secret-of-the-benchmark-that-is-long-enough';
const MODES = {
  off: {},
  // Counted for each user, and never too many.
  jwt: { AUTH_MODE: 'jwt', AUTH_JWT_SECRET: SECRET, RATE_LIMIT_USER_BOOKINGS: '1000000' },
};

/** What it costs to know who asks: the same requests with their tokens, looked at or not. */
export const authentication: Scenario = {
  name: 'authentication',
  run: (bench) =>
    closingAll(async (opened) => {
      const authorizations = await Promise.all(Array.from({ length: USERS }, (_, i) => bearer(String(i + 1), null)));
      const load = { api: GRAPHQL, connections: 64, seconds: bench.seconds, authorizations };
      const contestants = [];
      for (const [mode, env] of Object.entries(MODES)) {
        const installation = await Installation.open('embedded', bench.services, { env });
        opened.push(installation);
        const eventId = await openEvent(installation.url);
        await warmUp(installation.url + GRAPHQL.path, bodiesFor(GRAPHQL, [eventId]), { authorizations });
        const withAutocannon = { ...bench, generate: loadWithAutocannon };
        const measure = () => measureBookings(withAutocannon, installation, [eventId], load);
        contestants.push({ name: `AUTH_MODE=${mode}`, measure });
      }
      const title = 'one hot event, GraphQL, 64 connections, with tokens';
      return throughputFigures('authentication', title, await compareThroughput(bench, title, contestants));
    }),
};

async function openEvent(url: string): Promise<number> {
  const authorization = await bearer('organizer', 'organizer');
  return createEndlessEvent(url, { authorization });
}

async function bearer(sub: string, role: 'organizer' | null): Promise<string> {
  const { signToken } = await importBuilt<typeof import('../../src/commands/token.ts')>('commands/token.js');
  return `Bearer ${await signToken({ sub, role, ttlSeconds: 3_600, secret: SECRET, issuer: null, audience: null })}`;
}
