import type { Socket } from 'node:net';
import { type Problem, problemBody } from './rest/problem.ts';

const NOT_HTTP: Problem = { status: 400, code: 'BAD_REQUEST', detail: 'The request is not valid HTTP' };
/** By the codes of Node's errors. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'BAD_REQUEST', detail: 'The request did not arrive in time' },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'BAD_REQUEST', detail: 'The headers are too large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'PAYLOAD_TOO_LARGE', detail: 'The body is too large' },
};

/** Answers what never becomes a request, and closes: nobody can tell where the next one would begin. */
export function answerMalformedHttp({ code = '' }: { code?: string }, socket: Socket): void {
  const problem = problemBody(PROBLEMS[code] ?? NOT_HTTP);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
