import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventDetailsOut } from '../../../src/events/event.bodies.ts';
import type { Event } from '../../../src/events/event.entity.ts';
import { HttpAnswer } from '../../support/http-client.ts';
import type { OpenApiDocument } from '../../support/openapi-document.ts';
import { type DocumentedAnswer, documentedAnswer, faultsOfErrors, faultsOfResult } from './documented-answer.ts';

const BODY_LIMIT_BYTES = 1_024;

let faultsOf: DocumentedAnswer;
beforeAll(async () => {
  const file = new URL('../../../schema/openapi.json', import.meta.url);
  faultsOf = documentedAnswer(JSON.parse(await readFile(file, 'utf8')) as OpenApiDocument, BODY_LIMIT_BYTES);
});

const to = (path: string, method = 'GET', body: Buffer | null = null) => ({ method, path, headers: {}, body });
const answer = (status: number, body: unknown, mediaType = 'application/json'): HttpAnswer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new HttpAnswer(status, new Headers({ 'content-type': mediaType }), text);
};
const problem = (status: number, code = 'BAD_REQUEST'): HttpAnswer =>
  answer(
    status,
    { type: 'about:blank', title: 'x', status, detail: 'x', code, retryable: false },
    'application/problem+json',
  );
const EVENT = eventDetailsOut({
  id: 1,
  title: 'Concert',
  capacity: 2,
  bookedCount: 0,
  timeZone: 'UTC',
  status: 'ON_SALE',
  maxPerBooking: 10,
  maxHoldSeconds: 900,
  waitingListOfferSeconds: 600,
  createdAt: new Date(),
  edition: 1,
} as Event);

describe('an answer of REST', () => {
  test('counts as documented', () => {
    expect(faultsOf(to('/event/1'), answer(200, EVENT))).toEqual([]);
    expect(faultsOf(to('/event/1/'), answer(200, EVENT))).toEqual([]);
    expect(faultsOf(to('/event/1'), problem(404, 'NOT_FOUND'))).toEqual([]);
    expect(faultsOf(to('/event?first=0'), answer(422, { detail: [] }))).toEqual([]);
  });

  test.each([
    ['an undocumented status', answer(201, EVENT)],
    ['a documented status that nothing may cause', problem(500, 'INTERNAL_SERVER_ERROR')],
    ['a status that only another request may cause', problem(400)],
    ['an undocumented type', answer(200, EVENT, 'text/html')],
    ['a body that lacks something', answer(200, { ...EVENT, capacity: undefined })],
    ['a body of another type', answer(200, { ...EVENT, capacity: '2' })],
    ['an unknown code', problem(404, 'SQLITE_BUSY')],
    ['no JSON', answer(200, '<h1>')],
  ])('does not count as documented with %s', (_name, given) => {
    expect(faultsOf(to('/event/1'), given)).toHaveLength(1);
  });

  test.each([
    ['/tickets/', 'GET', 404],
    ['/event//', 'GET', 404],
    ['/booking/1/cancel/', 'GET', 405],
    ['/event/a/b', 'GET', 404],
    ['/booking/1/cancel', 'GET', 405],
    ['/event/%zz', 'GET', 400],
    ['/event/%ff', 'GET', 400],
    [`/event/${'1'.repeat(201)}`, 'GET', 414],
  ])('to %s by %s counts as documented with %s and nothing else', (path, method, status) => {
    const code = status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST';
    expect(faultsOf(to(path, method), problem(status, code))).toEqual([]);
    expect(faultsOf(to(path, method), answer(200, EVENT))).toHaveLength(1);
    expect(faultsOf(to(path, method), answer(status, 'Not Found'))).toHaveLength(1);
  });

  test('counts as documented with 413 for a body that is too large only', () => {
    const small = to('/event', 'POST', Buffer.alloc(BODY_LIMIT_BYTES));
    const large = to('/event', 'POST', Buffer.alloc(BODY_LIMIT_BYTES + 1));
    expect(faultsOf(large, problem(413, 'PAYLOAD_TOO_LARGE'))).toEqual([]);
    expect(faultsOf(small, problem(413, 'PAYLOAD_TOO_LARGE'))).toHaveLength(1);
  });
});

describe('an answer of GraphQL', () => {
  const error = { message: 'x', extensions: { code: 'NOT_FOUND' } };

  test('counts as documented', () => {
    expect(faultsOfResult({ data: { event: null } })).toEqual([]);
    expect(faultsOfResult({ data: null, errors: [error] })).toEqual([]);
    expect(faultsOfErrors([error])).toEqual([]);
  });

  test.each([
    ['neither data nor errors', { data: null }],
    ['no errors in the list', { errors: [] }],
    ['an error of ours', { errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }],
    ['no code', { errors: [{ message: 'x' }] }],
    ['a stack', { errors: [{ message: 'x', extensions: { code: 'NOT_FOUND', stacktrace: [] } }] }],
    ['more than that', { data: {}, extensions: {} }],
  ])('does not count as documented with %s', (_name, result) => {
    expect(faultsOfResult(result)).toHaveLength(1);
  });
});
