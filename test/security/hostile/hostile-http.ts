import { connect } from 'node:net';
import { type HttpClient, type HttpRequest, LateAnswer } from '../../support/http-client.ts';
import { type Answer, CLOSED } from './hostile-answer.ts';
import type { Headers, Stage } from './hostile-stage.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };

/** What an HTTP client can send. A connection that is cut while a body is on its way counts as closed. */
export async function ask({ url, clients }: Stage, from: string, asked: HttpRequest): Promise<Answer> {
  try {
    const { status, headers, text } = await (clients.get(from) as HttpClient).send(url, asked);
    return { statuses: [status], text: `${[...headers].flat().join('\n')}\r\n\r\n${text}` };
  } catch (error) {
    if (error instanceof LateAnswer) throw error;
    return CLOSED;
  }
}

export function askGraphql(stage: Stage, from: string, headers: Headers, payload: unknown): Promise<Answer> {
  return ask(stage, from, { path: '/graphql', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(payload) });
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
