import { type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { type Answer, CLOSED } from './hostile-answer.ts';
import type { Headers, Stage } from './hostile-stage.ts';

const ANSWER_BOUND_MS = 20_000;
export const JSON_TYPE = { 'content-type': 'application/json' };

interface HostileRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

/** What an HTTP client can send. A connection that is cut while a body is on its way counts as closed. */
export function ask({ url, agents }: Stage, from: string, asked: HostileRequest): Promise<Answer> {
  const { method = asked.body === undefined ? 'GET' : 'POST', path, headers = {}, body } = asked;
  const { hostname, port } = new URL(url);
  const agent = agents.get(from);
  if (!agent) throw new Error(`no agent for ${from}`);
  const signal = AbortSignal.timeout(ANSWER_BOUND_MS);
  const options: RequestOptions = { hostname, port, method, path, headers: { ...headers }, agent, signal };
  return new Promise((resolve, reject) => {
    const closed = (error: Error) => (signal.aborted ? reject(error) : resolve(CLOSED));
    const sent = request(options, (response) => {
      let text = `${response.rawHeaders.join('\n')}\r\n\r\n`;
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', closed);
      response.on('end', () => resolve({ statuses: [response.statusCode as number], text }));
    });
    sent.on('error', closed);
    sent.end(body);
  });
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
