import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../../support/box-office.ts';
import { bookTicket, createEvent } from '../../support/graphql-client.ts';
import { type HttpAnswer, HttpClient, type HttpRequest, send } from '../../support/http-client.ts';
import { leaksIn } from '../../support/leaks.ts';
import type { OpenApiDocument } from '../../support/openapi-document.ts';
import { join } from '../../support/waiting-list.ts';
import { arbitraryRestRequest } from './arbitrary-rest-request.ts';
import { type DocumentedAnswer, documentedAnswer } from './documented-answer.ts';
import { ExampleIssuer } from './example-issuer.ts';
import { expectSomeOfEach, FUZZED_SETUPS, fuzz } from './fuzz.ts';
import { type Route, restRoutes } from './rest-routes.ts';

const TIMEOUT_MS = 120_000;
const BODY_LIMIT_BYTES = 8_192;
/** More of them than can be printed before the answer is due would be told to come again. */
const PAGES_AT_ONCE = 10;

/** What a running office says its routes are, so that a new one is tried as well. */
async function documentOfAnOffice(): Promise<OpenApiDocument> {
  const office = await openBoxOffice('embedded', { worker: false });
  const { body: document } = await send(office.url, { path: '/openapi.json' });
  await office.close();
  return document as OpenApiDocument;
}

const document = await documentOfAnOffice();
/** Whose booking is cancelled comes in no more, and a hold is confirmed once, so those come last. */
const LAST = ['/confirm', '/cancel'];
const routes = restRoutes(document).toSorted((a, b) => ending(a) - ending(b));
const HOLDS = 10;
/** When a use case was reached, and before that. */
const OUTCOMES = [
  [200, 409],
  [404, 422],
];

describe.each(FUZZED_SETUPS)('%s: whatever is sent, the answer', (setup, cases) => {
  let office: BoxOffice;
  const client = new HttpClient();
  let faultsOf: DocumentedAnswer;
  beforeAll(async () => {
    office = await openBoxOffice(setup, {
      overrides: { issuer: new ExampleIssuer() },
      env: { BODY_LIMIT_BYTES: `${BODY_LIMIT_BYTES}`, BATCH_LIMIT_BYTES: `${BODY_LIMIT_BYTES}` },
    });
    faultsOf = documentedAnswer(document, BODY_LIMIT_BYTES);
    // The first rows, which the examples of the document ask for.
    const eventId = await createEvent(office.url, { capacity: 1_000_000, maxPerBooking: 2 });
    const soldOutId = await createEvent(office.url, { capacity: 1 });
    await bookTicket(office.url, { eventId });
    await bookTicket(office.url, { eventId: soldOutId });
    await join(office.container, Number(soldOutId), 'first');
    for (let n = 0; n < HOLDS; n++) await bookTicket(office.url, { eventId, holdSeconds: 600 });
  });
  afterAll(async () => {
    client.close();
    await office.close();
  });

  async function check(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await client.send(office.url, request);
    const faults = faultsOf(request, answer);
    const leaks = leaksIn([safelyParsed(answer.text), Object.fromEntries(answer.headers)]);
    if (faults.length + leaks.length === 0) return answer;
    const sent = JSON.stringify({ ...request, body: request.body && `${request.body}` });
    throw new Error(`${[...faults, ...leaks].join('\n')}\nanswer: ${answer.text}\nto: ${sent}`);
  }

  test.each(routes.map((route) => ({ name: `${route.method} ${route.template}`, route })))(
    `of $name is a documented one without a leak, ${cases} times`,
    async ({ route }) => {
      const statuses = new Set<number>();
      let sent = 0;
      const send = async (batch: HttpRequest[]) => {
        for (const { status } of await Promise.all(batch.map(check))) statuses.add(status);
        sent += batch.length;
      };
      await fuzz(cases, arbitraryRestRequest(route), send, isPage(route) ? PAGES_AT_ONCE : undefined);
      expect(sent).toBe(cases);
      const documented = OUTCOMES.map((group) => group.filter((status) => route.statuses.includes(status)));
      expectSomeOfEach(
        documented.filter((group) => group.length > 0),
        statuses,
      );
    },
    TIMEOUT_MS,
  );

  test('leaves the office ready for the next customer', async () => {
    expect((await fetch(`${office.url}/readyz`)).status).toBe(200);
  });
});

/** A page of a ticket takes its time, in which others wait. */
function isPage({ template }: Route): boolean {
  return template.endsWith('.pdf');
}

function ending({ template }: Route): number {
  return LAST.findIndex((end) => template.endsWith(end));
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
