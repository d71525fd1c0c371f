import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchBooking } from '../support/booking-watch.ts';
import { type BoxOfficeProcess, startBoxOffice } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { createSetup } from '../support/setups.ts';
import { disposeSubscribers, openSubscriber } from '../support/subscriber.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '../support/trace-receiver.ts';

const FAST = { OTEL_BSP_SCHEDULE_DELAY: '100' };
/** Of the callers. */
const TRACES = ['1'.repeat(32), '2'.repeat(32)] as const;
const SPAN = 'a'.repeat(16);

describe('with a receiver of traces', () => {
  let receiver: TraceReceiver;
  let setup: Awaited<ReturnType<typeof createSetup>>;
  let api: BoxOfficeProcess;
  let worker: BoxOfficeProcess;
  beforeAll(async () => {
    [receiver, setup] = await Promise.all([startTraceReceiver(), createSetup('postgresql + redis')]);
    const env = { ...setup.env, ...FAST, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ISSUANCE_DELAY_MS: '300' };
    [api, worker] = await Promise.all([
      startBoxOffice('api', env, { logLevel: 'trace' }),
      startBoxOffice('worker', env),
    ]);
  });
  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await Promise.all([receiver.close(), setup.remove()]);
  });

  /** From the end of a trace to its beginning. */
  function ancestorsOf(span: ReceivedSpan): string[] {
    const parent = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return [`${span.role}: ${span.name}`, ...(parent ? ancestorsOf(parent) : [])];
  }

  test('a booking is one trace, from the request of its buyer to what its watchers are sent', async () => {
    const eventId = await createEvent(api.url, { capacity: 10 });
    const [first, second] = await Promise.all(
      TRACES.map((trace) => bookTicket(api.url, { eventId }, { traceparent: `00-${trace}-${SPAN}-01` })),
    );
    if (first?.__typename !== 'Booking' || second?.__typename !== 'Booking') throw new Error('refused');
    const subscriber = openSubscriber(`${api.url.replace('http', 'ws')}/graphql`);
    await watchBooking(subscriber, first.id).until((seen) => seen.bookingStatusChanged.status === 'FINALIZED');
    await disposeSubscribers();

    const ofBuyer = () => receiver.spans.filter(({ traceId }) => traceId === TRACES[0]);
    const chain = await eventually(() => {
      const pushes = ofBuyer().filter(({ name }) => name === 'push');
      const chains = pushes.map(ancestorsOf);
      const found = chains.find(
        (one) => one.at(-1) === 'api: POST /graphql' && one.some((step) => step.startsWith('worker')),
      );
      expect(found, JSON.stringify(receiver.spans.map(ancestorsOf), null, 1)).toBeDefined();
      return found;
    });
    expect(chain).toEqual([
      'api: push',
      'worker: finalization group',
      'worker: finalize booking',
      expect.stringMatching(/^worker: .*finalization/),
      expect.stringMatching(/^api: .*finalization/),
      'api: booking group',
      'api: POST /graphql',
    ]);
    expect(ofBuyer().find(({ name }) => name === 'POST /graphql')?.parentSpanId).toBe(SPAN);
    const transactions = ofBuyer().filter(({ name }) => name.startsWith('transaction'));
    expect(transactions.map(({ role, name }) => `${role}: ${name}`)).toEqual(
      expect.arrayContaining(['api: transaction booking', 'worker: transaction FINALIZED']),
    );
  });

  test('a group has a link to each of its requests', async () => {
    const groups = receiver.spans.filter(({ name }) => name === 'booking group');
    const links = groups.flatMap(({ links = [] }) => links.map(({ traceId }) => traceId));
    expect(links).toEqual(expect.arrayContaining([...TRACES]));
  });

  test('the lines of the log say which trace they are of', async () => {
    const lines = api.logs.filter((line) => line['traceId'] === TRACES[0]);
    expect(lines.map(({ msg }) => msg)).toContain('a booking has changed');
    expect(lines[0]).toMatchObject({ traceId: TRACES[0], spanId: expect.stringMatching(/^[0-9a-f]{16}$/) });
  });
});

test('a receiver that is away holds nobody up, also not the end of the process', async () => {
  const setup = await createSetup('embedded');
  const office = await startBoxOffice('serve', {
    ...setup.env,
    ...FAST,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
  });
  const eventId = await createEvent(office.url, { capacity: 10 });
  expect(await bookTicket(office.url, { eventId })).toMatchObject({ status: 'PENDING' });
  expect(await office.stop()).toMatchObject({ code: 0 });
  await setup.remove();
});
