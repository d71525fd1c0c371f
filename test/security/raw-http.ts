import { connect } from 'node:net';
import { within } from '../support/eventually.ts';

/** All that came back over one connection until the server closed it. */
export interface RawAnswer {
  /** Of every answer, in order; empty when it was closed without one. */
  readonly statuses: readonly number[];
  readonly text: string;
}

interface RawOptions {
  /** Each address of 127.0.0.0/8 has ports of its own. */
  readonly localAddress?: string;
  readonly boundMs?: number;
}

/** Sends bytes that no HTTP client would; each character of a text is one byte. Rejects when the server does not close. */
export async function sendRaw(url: string, bytes: string | Buffer, options: RawOptions = {}): Promise<RawAnswer> {
  const { localAddress = '127.0.0.1', boundMs = 20_000 } = options;
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  let connected = false;
  let text = '';
  socket.once('connect', () => {
    connected = true;
  });
  socket.setEncoding('latin1').on('data', (data) => {
    text += data;
  });
  // A reset is one way of closing.
  socket.on('error', () => undefined);
  const closed = new Promise<true>((resolve) => socket.once('close', () => resolve(true)));
  socket.write(Buffer.from(bytes as string, 'latin1'));
  const isClosed = await within(boundMs, closed);
  socket.destroy();
  if (!isClosed) throw new Error(`still open after ${boundMs} ms: ${text}`);
  if (!connected) throw new Error(`no connection to ${url} from ${localAddress}`);
  return { statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)), text };
}
