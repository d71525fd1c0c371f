import { OperationTypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGraphqlSchema } from '../../../src/api/graphql-schema.ts';
import { type BoxOffice, openBoxOffice } from '../../support/box-office.ts';
import { allFinalized, bookTicket, createEvent } from '../../support/graphql-client.ts';
import { HttpClient } from '../../support/http-client.ts';
import { leaksIn } from '../../support/leaks.ts';
import { arbitraryGraphqlRequest, operationsOf } from './arbitrary-graphql-request.ts';
import { faultsOfResult, type GraphqlResult, outcomesOf } from './documented-answer.ts';
import { expectSomeOfEach, FUZZED_SETUPS, fuzz, GRAPHQL_OUTCOMES } from './fuzz.ts';

const TIMEOUT_MS = 120_000;
const BODY_LIMIT_BYTES = 8_192;

const operations = operationsOf(buildGraphqlSchema())
  .filter(({ kind }) => kind !== OperationTypeNode.SUBSCRIPTION)
  .map((operation) => ({ name: `${operation.kind} ${operation.field.name}`, operation }));

describe.each(FUZZED_SETUPS)('%s: whatever is sent, GraphQL answers', (setup, cases) => {
  let office: BoxOffice;
  const client = new HttpClient();
  beforeAll(async () => {
    office = await openBoxOffice(setup, {
      env: { BODY_LIMIT_BYTES: `${BODY_LIMIT_BYTES}`, BATCH_LIMIT_BYTES: `${BODY_LIMIT_BYTES}` },
    });
    const eventId = await createEvent(office.url, { capacity: 1_000_000 });
    await createEvent(office.url, { capacity: 1 });
    // The first booking and its ticket, also when the first event is soon closed or cancelled.
    await bookTicket(office.url, { eventId });
    await allFinalized(office.url, eventId);
  });
  afterAll(async () => {
    client.close();
    await office.close();
  });

  async function post(payload: string): Promise<string[]> {
    const body = Buffer.from(payload);
    const { status, mediaType, text } = await client.send(office.url, { path: '/graphql', body });
    const result = JSON.parse(text) as GraphqlResult;
    const tooLarge = body.length > BODY_LIMIT_BYTES;
    // What was executed is 200, also when it failed; what was not is 400.
    const expected = tooLarge ? 413 : 'data' in result ? 200 : 400;
    const faults = [
      ...(status === expected && mediaType === 'application/json' ? [] : [`${status} ${mediaType}, not ${expected}`]),
      ...faultsOfResult(result),
      ...leaksIn(result),
    ];
    if (faults.length === 0) return outcomesOf(result);
    throw new Error(`${faults.join('\n')}\nanswer: ${text}\nto: ${payload}`);
  }

  test.each(operations)(
    `$name over HTTP with data or a documented code, without a leak, ${cases} times`,
    async ({ operation }) => {
      const outcomes = new Set<string>();
      let sent = 0;
      await fuzz(cases, arbitraryGraphqlRequest(operation), async (batch) => {
        for (const outcome of (await Promise.all(batch.map(post))).flat()) outcomes.add(outcome);
        sent += batch.length;
      });
      expect(sent).toBe(cases);
      expectSomeOfEach(GRAPHQL_OUTCOMES, outcomes);
    },
    TIMEOUT_MS,
  );

  test('and leaves the office ready for the next customer', async () => {
    expect((await fetch(`${office.url}/readyz`)).status).toBe(200);
  });
});
