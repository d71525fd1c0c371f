import { once } from 'node:events';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { answerWithin } from '../../src/http/answer-deadline.ts';
import type { RequestFailures } from '../../src/http/request-failures.ts';

const DEADLINE_MS = 20;
let app: FastifyInstance;
afterEach(() => app.close());

test.each([
  ['returns', () => 'late'],
  ['sends', (_request: unknown, reply: { send(body: string): unknown }) => reply.send('late')],
  [
    'throws',
    () => {
      throw new Error('late');
    },
  ],
] as const)(
  'what %s its answer after the deadline is no line of the log, and its error is noted',
  async (_how, end) => {
    const lines: string[] = [];
    const noted: unknown[] = [];
    const failures = { of: () => (error: unknown) => noted.push(error) } as unknown as RequestFailures;
    app = fastify({ logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } } });
    answerWithin(app, DEADLINE_MS, failures);
    app.setErrorHandler((_error, _request, reply) => reply.code(503).send('too late'));
    const answered = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    app.get('/', async (request, reply) => {
      void once(reply.raw, 'close').then(() => answered.resolve());
      await answered.promise;
      setImmediate(() => ended.resolve());
      return (end as (...args: unknown[]) => unknown)(request, reply);
    });
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const { status } = await fetch(`http://127.0.0.1:${port}/`);
    await ended.promise;
    expect(status).toBe(503);
    expect(lines).toEqual([]);
    expect(noted).toEqual(_how === 'throws' ? [new Error('late')] : []);
  },
);
