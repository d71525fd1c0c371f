import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

type ProxyMode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are closed, and so is each new one. */
  | { readonly kind: 'cut' }
  /** Connections stay open and nothing gets through. */
  | { readonly kind: 'swallow' }
  /** The server hears everything and the client nothing: a COMMIT is done and its answer lost. */
  | { readonly kind: 'swallow answers' };

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  lostBytes: boolean;
}

export interface TcpProxy {
  readonly port: number;
  set(mode: ProxyMode): void;
  close(): Promise<void>;
}

/** Stands between a process and a service, on 127.0.0.1. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = { kind: 'pass' };
  const pairs = new Set<Pair>();

  const listener = createServer((client) => {
    if (mode.kind === 'cut') return void client.destroy();
    const pair = { client, server: connect(targetPort, '127.0.0.1'), lostBytes: false };
    pairs.add(pair);
    forward(pair, 'client', 'server');
    forward(pair, 'server', 'client');
  });

  function forward(pair: Pair, from: 'client' | 'server', to: 'client' | 'server'): void {
    let sent: Promise<unknown> = Promise.resolve();
    pair[from].setNoDelay(true);
    pair[from].on('error', () => undefined);
    pair[from].on('data', (chunk) => {
      if (mode.kind === 'swallow' || (mode.kind === 'swallow answers' && from === 'server')) {
        pair.lostBytes = true;
        return;
      }
      const due = performance.now() + (mode.kind === 'delay' ? mode.ms : 0);
      sent = sent.then(() => deliver(pair[to], chunk, due));
    });
    pair[from].on('close', () => {
      pairs.delete(pair);
      void sent.then(() => pair[to].destroy());
    });
  }

  const port = await freePort();
  await once(listener.listen(port, '127.0.0.1'), 'listening');
  const cut = (which: (pair: Pair) => boolean) => {
    for (const pair of [...pairs].filter(which)) {
      pair.client.destroy();
      pair.server.destroy();
    }
  };
  return {
    port,
    set: (next) => {
      mode = next;
      // A stream with a hole in it is of no use to anybody.
      cut((pair) => mode.kind === 'cut' || pair.lostBytes);
    },
    close: async () => {
      cut(() => true);
      listener.close();
    },
  };
}

async function deliver(to: Socket, chunk: Buffer, due: number): Promise<void> {
  const wait = due - performance.now();
  if (wait > 0) await pause(wait);
  to.write(chunk);
}
