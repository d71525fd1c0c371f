import { connect } from 'node:net';
import type { Random } from '../../chaos/random.ts';
import { type HttpClient, type HttpRequest, LateAnswer } from '../../support/http-client.ts';
import { sendRaw } from '../raw-http.ts';
import { type Answer, CLOSED } from './hostile-answer.ts';
import type { HostileKind } from './hostile-kind.ts';
import type { Headers, Stage } from './hostile-stage.ts';

export const CREATE = 'mutation { createEvent(input: { title: "Mine", capacity: 1 }) { id } }';

/** Requests that an HTTP client can send. */
export function asking(
  name: string,
  count: number,
  request: (stage: Stage, random: Random) => HttpRequest,
  harmless?: HostileKind['harmless'],
): HostileKind {
  const send: HostileKind['send'] = (stage, from, random) => ask(stage, from, request(stage, random));
  return { name, count, send, ...(harmless && { harmless }) };
}

/** Bytes that none would send. */
export function sending(
  name: string,
  count: number,
  bytes: (random: Random) => string,
  more: Pick<HostileKind, 'harmless'> & { readonly localAddress?: string } = {},
): HostileKind {
  const { localAddress, ...rest } = more;
  return {
    name,
    count,
    send: ({ url }, from, random) => sendRaw(url, bytes(random), { localAddress: localAddress ?? from }),
    ...rest,
  };
}

export function inGraphql(headers: Headers, query: string, variables: object = {}): HttpRequest {
  return { path: '/graphql', headers, body: { query, variables } };
}

/** A connection that is cut while a body is on its way counts as closed. */
export async function ask({ url, clients }: Stage, from: string, asked: HttpRequest): Promise<Answer> {
  try {
    const { status, headers, text } = await (clients.get(from) as HttpClient).send(url, asked);
    return { statuses: [status], text: `${[...headers].flat().join('\n')}\r\n\r\n${text}` };
  } catch (error) {
    if (error instanceof LateAnswer) throw error;
    return CLOSED;
  }
}

/** Cuts the connection in the middle of a request. */
export function sendAndCut({ url }: Stage, localAddress: string, bytes: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    socket.once('error', reject);
    socket.once('close', () => resolve(CLOSED));
    socket.write(bytes, () => socket.resetAndDestroy());
  });
}
