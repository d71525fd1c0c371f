import { afterEach, expect, test, vi } from 'vitest';
import type { Overrides } from '../../src/container.ts';
import type { EventLock } from '../../src/platform/services.ts';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-client.ts';
import { documentedRest } from '../support/openapi-document.ts';

let office: BoxOffice;
afterEach(() => office.close());

async function open(options: BoxOfficeOptions) {
  office = await openBoxOffice('embedded', { ...options, env: { LOG_LEVEL: 'silent', ...options.env } });
  const rest = await documentedRest(office.url);
  const { body: event } = await rest('POST', '/event', { body: { title: 'Concert', capacity: 10 } });
  const book = (user_id: number) => rest('POST', '/book', { body: { user_id, event_id: event.id } });
  return { rest, event, book };
}

function lockThat(withLock: EventLock['withLock']): Overrides {
  return { services: { lock: { withLock, close: async () => {} } } };
}

/** Nothing of what went wrong inside may be seen from outside. */
function expectProblem(answer: HttpAnswer, status: number, code: string): void {
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({ status, code, retryable: status === 503 });
  expect(answer.text).not.toMatch(/select|secret|127\.0\.0\.1|\.ts/i);
  if (status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

test('too many requests at once are 503 with Retry-After, never "sold out"', async () => {
  const atTheDoor = Promise.withResolvers<void>();
  const door = Promise.withResolvers<void>();
  const overrides = lockThat(async (_eventId, work) => {
    atTheDoor.resolve();
    await door.promise;
    return work();
  });
  const { book } = await open({ overrides, env: { BOOKING_MAX_WAITING: '1' } });
  const inFlight = book(1);
  await atTheDoor.promise;
  const others = [book(2), book(3)];
  expectProblem(await Promise.race(others), 503, 'BUSY');
  door.resolve();
  expect((await inFlight).status).toBe(200);
  expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([200, 503]);
});

test('a database out of reach is 503 with Retry-After', async () => {
  const overrides = lockThat(async () => {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  });
  const { book } = await open({ overrides });
  expectProblem(await book(1), 503, 'SERVICE_UNAVAILABLE');
});

test('a mistake of ours is 500 and tells nothing', async () => {
  const { rest, event } = await open({});
  vi.spyOn(office.container.events, 'find').mockRejectedValue(new Error('select secret from /srv/app.ts'));
  expectProblem(await rest('GET', `/event/${event.id}`), 500, 'INTERNAL_SERVER_ERROR');
});

test('a booking that failed cannot be cancelled, which is a conflict', async () => {
  const issuer = {
    issue: async () => {
      throw new Error('no paper');
    },
  };
  const { rest, book } = await open({ overrides: { issuer }, env: { FINALIZE_ATTEMPTS: '1' } });
  const { body: booking } = await book(1);
  await eventually(async () => (await rest('GET', `/booking/${booking.id}`)).body.status === 'FAILED');
  const answer = await rest('POST', `/booking/${booking.id}/cancel`);
  expectProblem(answer, 409, 'BOOKING_NOT_CANCELLABLE');
  expect(answer.body.detail).toBe('A failed booking cannot be cancelled.');
});
