import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BenchProcess } from '../../bench/stage/bench-process.ts';
import { bookTicket } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';

const CEILING = fileURLToPath(new URL('../../bench/ceiling/server.ts', import.meta.url));

test('the ceiling of the bench answers a booking through the schema and the bodies of the box office', async () => {
  const ceiling = await BenchProcess.start([], {}, { program: CEILING });
  try {
    expect(await bookTicket(ceiling.url, { eventId: '1' })).toMatchObject({ status: 'PENDING' });
    const { body } = await send(ceiling.url, { path: '/book', body: { event_id: 1, user_id: 42 } });
    expect(body).toMatchObject({ event_id: 1, user_id: 42, status: 'PENDING' });
  } finally {
    await ceiling.stop();
  }
});
