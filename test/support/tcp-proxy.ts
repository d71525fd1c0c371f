import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

type ProxyMode =
  | { readonly kind: 'pass' }
  /** Every answer comes this much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections stay open, the server hears everything, and the client hears nothing. */
  | { readonly kind: 'swallow' }
  /** Once: the connection on which this is said is cut, when the server has answered it or before it hears it. */
  | { readonly kind: 'cut'; readonly said: RegExp; readonly when: 'answered' | 'unheard' };

export interface TcpProxy {
  /** `url` with the proxy in the place of its server. */
  through(url: string): string;
  set(mode: ProxyMode): void;
  readonly mode: ProxyMode['kind'];
  /** Cuts every connection; new ones are taken. */
  cutAll(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  doomed: boolean;
}

const PASS: ProxyMode = { kind: 'pass' };

/** Stands between the box office and the service at `target`, on 127.0.0.1. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<Pair>();
  let mode = PASS;

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(Number(targetPort), hostname), doomed: false };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => end(pair));
    }
    client.on('data', (chunk) => hear(pair, chunk));
    let sent: Promise<unknown> = Promise.resolve();
    pair.server.on('data', (chunk) => {
      if (pair.doomed) end(pair);
      if (pair.doomed || mode.kind === 'swallow') return;
      const dueAt = performance.now() + (mode.kind === 'delay' ? mode.ms : 0);
      sent = sent.then(() => deliver(client, chunk, dueAt));
    });
  });

  function hear(pair: Pair, chunk: Buffer): void {
    if (mode.kind === 'cut' && mode.said.test(chunk.toString('latin1'))) {
      const { when } = mode;
      mode = PASS;
      pair.doomed = true;
      if (when === 'unheard') end(pair);
    }
    if (!pair.server.destroyed) pair.server.write(chunk);
  }

  const port = await freePort();
  await once(listener.listen(port, '127.0.0.1'), 'listening');
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    set: (next) => {
      mode = next;
    },
    get mode() {
      return mode.kind;
    },
    cutAll: () => {
      for (const pair of pairs) end(pair);
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      for (const pair of pairs) end(pair);
      await closed;
    },
  };
}

async function deliver(to: Socket, chunk: Buffer, dueAt: number): Promise<void> {
  const wait = dueAt - performance.now();
  if (wait > 0) await pause(wait);
  if (!to.destroyed) to.write(chunk);
}
