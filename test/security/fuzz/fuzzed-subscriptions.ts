import type { BoxOffice } from '../../support/box-office.ts';
import { eventually } from '../../support/eventually.ts';
import { acknowledgedSocket } from '../../support/raw-socket.ts';
import { faultsOfErrors, faultsOfResult, type GraphqlError, type GraphqlResult, outcomesOf } from './graphql-answer.ts';
import { leaksIn } from './leaks.ts';

interface Frame {
  readonly id: string;
  readonly type: 'next' | 'error' | 'complete';
  readonly payload?: unknown;
}

/** Throws when the first frame that answers a subscription is not a documented one; returns what the answers were. */
export async function watchAll(
  office: BoxOffice,
  payloads: readonly string[],
  bookAnother: () => Promise<unknown>,
): Promise<string[]> {
  const { socket, sendText, send, messages, closed } = await acknowledgedSocket(office.websocketUrl);
  const outcomes = new Map<string, string[]>();
  for (const [id, payload] of payloads.entries()) sendText(`{"id":"${id}","type":"subscribe","payload":${payload}}`);

  const cut = closed.then(({ code, reason }) => {
    throw new Error(`closed with ${code} ${reason} after one of\n${payloads.join('\n')}`);
  });
  const readAll = async () => {
    while (outcomes.size < payloads.length) {
      const frame = (await Promise.race([messages.next(), cut])) as unknown as Frame;
      if (outcomes.has(frame.id)) continue;
      outcomes.set(frame.id, outcomesOfFrame(frame, payloads[Number(frame.id)]));
      if (frame.type === 'next') send({ id: frame.id, type: 'complete' });
    }
  };
  // Who watches all bookings of an event is shown those only that come after.
  const booking = eventually(async () => {
    await bookAnother();
    return outcomes.size === payloads.length || socket.readyState !== socket.OPEN;
  });
  try {
    await readAll();
  } finally {
    socket.close();
    await Promise.all([closed, booking]);
  }
  return [...outcomes.values()].flat();
}

function outcomesOfFrame({ type, payload }: Frame, sent: string | undefined): string[] {
  const result: GraphqlResult =
    type === 'next' ? (payload as GraphqlResult) : { errors: payload as readonly GraphqlError[] };
  const faults = type === 'next' ? faultsOfResult(result) : faultsOfErrors(payload);
  const problems = [...faults, ...leaksIn(payload)];
  if (problems.length === 0) return outcomesOf(result);
  throw new Error(`${problems.join('\n')}\nanswer: ${type} ${JSON.stringify(payload)}\nto: ${sent}`);
}
