import { afterEach, expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { Pace } from '../../src/tickets/rendering/pace.ts';
import { type RendererLimits, TicketRenderer } from '../../src/tickets/rendering/ticket-renderer.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http-client.ts';
import { bookingOf } from '../support/outcomes.ts';
import { sellTicket } from '../support/tickets.ts';

/** A thread that answers with what it is to render, but for three words, and with its own number. */
const OBEDIENT = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', ({ qrPayload }) => {
    while (qrPayload === 'hang');
    if (qrPayload === 'end') process.exit(0);
    if (qrPayload === 'throw') throw new Error('in the thread');
    parentPort.postMessage({ bytes: new TextEncoder().encode(qrPayload + ' ' + threadId) });
  });`)}`,
);

const log = createLogger('silent');
const opened: TicketRenderer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((renderer) => renderer.close())));

function openRenderer(limits: Partial<RendererLimits> = {}): (qrPayload: string) => Promise<string> {
  const renderer = new TicketRenderer(log, limits, OBEDIENT);
  opened.push(renderer);
  return async (qrPayload) => new TextDecoder().decode(await renderer.render({ format: 'svg', qrPayload }));
}

const threadOf = (answer: string) => answer.split(' ')[1];
const REFUSED = { code: 'SERVICE_UNAVAILABLE', retryAfterMs: expect.any(Number) };

test('tickets are rendered by one thread, one after the other', async () => {
  const render = openRenderer();
  const answers = await Promise.all(['a', 'b', 'c'].map(render));
  expect(answers.map((answer) => answer[0])).toEqual(['a', 'b', 'c']);
  expect(new Set(answers.map(threadOf)).size).toBe(1);
});

test('64 tickets wait for the one that is rendered, and whoever comes then is refused', async () => {
  const render = openRenderer();
  const asked = await Promise.allSettled(Array.from({ length: 70 }, (_, i) => render(`${i}`)));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(65);
  expect(asked.slice(65)).toEqual(Array(5).fill({ status: 'rejected', reason: expect.objectContaining(REFUSED) }));
});

test.each([
  ['right after each other while the process has time', 0.1, 0],
  ['at a walk while it sells', 0.9, 150],
])('pages are begun %s', async (_how, utilization, leastMs) => {
  const pace = new Pace(() => ({ utilization, idle: 0, active: 0 }));
  const began = performance.now();
  for (let page = 0; page < 4; page++) await pace.turn();
  const tookMs = performance.now() - began;
  // A timer may be a little early.
  expect(tookMs).toBeGreaterThanOrEqual(leastMs - 5);
  if (leastMs === 0) expect(tookMs).toBeLessThan(50);
});

test('a rendering that does not end is ended with its thread, and those behind it have a new one', async () => {
  const render = openRenderer({ timeLimitMs: 1_000 });
  const before = threadOf(await render('before'));
  const [hung, behind] = await Promise.allSettled([render('hang'), render('behind')]);
  expect(hung).toMatchObject({ status: 'rejected', reason: REFUSED });
  expect(behind).toMatchObject({ status: 'fulfilled', value: expect.stringMatching(/^behind \d+$/) });
  expect(threadOf((behind as PromiseFulfilledResult<string>).value)).not.toBe(before);
});

test.each(['end', 'throw'])('a thread that ends by itself (%s) costs one ticket, and not the process', async (word) => {
  const render = openRenderer({ timeLimitMs: 30_000 });
  await expect(render(word)).rejects.toMatchObject(REFUSED);
  expect(await render('next')).toMatch(/^next /);
});

test('while a rendering takes all the time of its thread, places are booked', async () => {
  const renderer = new TicketRenderer(log, { timeLimitMs: 30_000 }, OBEDIENT);
  const office = await openBoxOffice('embedded', { overrides: { renderer, log } });
  let ended = false;
  const hung = renderer.render({ format: 'svg', qrPayload: 'hang' }).finally(() => {
    ended = true;
  });
  const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1 });
  const { id } = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
  await eventually(async () => expect(await office.container.bookings.find(id)).toMatchObject({ status: 'FINALIZED' }));
  expect(ended).toBe(false);
  await Promise.all([expect(hung).rejects.toMatchObject(REFUSED), office.close()]);
});

test('tickets that are asked for when too many wait are refused over HTTP, with the time to come again', async () => {
  const renderer = new TicketRenderer(log, { maxWaiting: 0 }, OBEDIENT);
  const office = await openBoxOffice('embedded', { overrides: { renderer, log } });
  const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1 });
  const { code } = await sellTicket(office.container, eventId);
  const { status, headers } = await send(office.url, { path: `/tickets/${code}.png` });
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  await office.close();
});
