import { WebSocket } from 'ws';
import { within } from '../../support/eventually.ts';
import { acknowledgedSocket } from '../../support/raw-socket.ts';
import type { Answer } from './hostile-answer.ts';
import type { Headers } from './hostile-stage.ts';

const ANSWER_BOUND_MS = 20_000;

interface Talk {
  readonly url: string;
  readonly from: string;
  /** In place of the right one; empty: none. */
  readonly subprotocol?: string;
  readonly origin?: string;
  /** Sent at once. */
  readonly first?: readonly object[];
  /** Sent after the acknowledgement of a connection_init with these parameters. */
  readonly params?: Headers | null;
  readonly subscriptions?: readonly object[];
  /** Values that may come before the answer. */
  readonly values?: number;
}

/** Opens a socket, says what it is told to, and ends with the first message that is an answer, or with the close. */
export async function talk(options: Talk): Promise<Answer> {
  const { url, from, subprotocol, origin, first = [], params, subscriptions = [], values = 0 } = options;
  const protocols = subprotocol === undefined ? ['graphql-transport-ws'] : [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols, {
    localAddress: from,
    ...(origin !== undefined && { origin }),
    ...(subprotocol && { headers: { 'sec-websocket-protocol': subprotocol } }),
  });
  const say = (messages: readonly object[]) => {
    for (const message of messages) socket.send(JSON.stringify(message));
  };
  let text = '';
  let valuesLeft = values;
  const answered = new Promise<Answer>((resolve, reject) => {
    socket.on('open', () =>
      say(params === undefined ? first : [...first, { type: 'connection_init', payload: params }]),
    );
    socket.on('message', (data) => {
      const message = String(data);
      if (message.includes('"connection_ack"')) return say(subscriptions);
      text += `${message}\n`;
      if (!message.includes('"next"') || valuesLeft-- <= 0) resolve({ statuses: [], text });
    });
    socket.on('unexpected-response', (_request, { statusCode }) => resolve({ statuses: [statusCode as number], text }));
    socket.on('close', (closeCode, reason) => resolve({ statuses: [], text: `${text}${reason}`, closeCode }));
    socket.on('error', reject);
  });
  const answer = await within(ANSWER_BOUND_MS, answered);
  socket.terminate();
  if (!answer) throw new Error(`no answer on a socket: ${text}`);
  return answer;
}

export function subscribe(query: string, variables: object = {}, id = '1') {
  return { id, type: 'subscribe', payload: { query, variables } };
}

/** Takes `count` sockets and keeps them until they are given back. */
export async function hoardSockets(url: string, from: string, count: number): Promise<() => void> {
  const websocketUrl = `${url.replace('http', 'ws')}/graphql`;
  const open = () => acknowledgedSocket(websocketUrl, { localAddress: from });
  const sockets = await Promise.all(Array.from({ length: count }, open));
  return () => {
    for (const { socket } of sockets) socket.terminate();
  };
}
