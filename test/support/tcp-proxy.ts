import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './services/server-process.ts';

type ProxyMode =
  | { readonly kind: 'pass' }
  /** Every answer comes this much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are closed, and so is each new one. */
  | { readonly kind: 'cut' }
  /** Connections stay open and nothing gets through. */
  | { readonly kind: 'swallow' }
  /** The server hears everything and the client nothing: a COMMIT is done and its answer lost. */
  | { readonly kind: 'swallow answers' }
  /** What clients say is on its way until the next mode. */
  | { readonly kind: 'hold' }
  /** Once: the connection on which this is said is cut, when the server has answered it or before it hears it. */
  | { readonly kind: 'cut at'; readonly said: RegExp; readonly when: 'answered' | 'unheard' };

export interface TcpProxy {
  /** `url` with the proxy in the place of its server. */
  through(url: string): string;
  set(mode: ProxyMode): void;
  readonly mode: ProxyMode['kind'];
  /** Those on which something was said that is held. */
  readonly heldConnections: number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly held: Buffer[];
  lostBytes: boolean;
  doomed: boolean;
}

const PASS: ProxyMode = { kind: 'pass' };

/** Stands between a process and the service at `target`, on 127.0.0.1. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<Pair>();
  let mode = PASS;

  const listener = createServer((client) => {
    if (mode.kind === 'cut') return void client.destroy();
    const server = connect(Number(targetPort), hostname);
    const pair: Pair = { client, server, held: [], lostBytes: false, doomed: false };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => end(pair));
    }
    client.on('data', (chunk) => hear(pair, chunk));
    let sent: Promise<unknown> = Promise.resolve();
    server.on('data', (chunk) => {
      if (pair.doomed) return end(pair);
      if (loses(pair, mode.kind === 'swallow' || mode.kind === 'swallow answers')) return;
      const dueAt = performance.now() + (mode.kind === 'delay' ? mode.ms : 0);
      sent = sent.then(() => deliver(client, chunk, dueAt));
    });
  });

  function end(pair: Pair): void {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }

  function hear(pair: Pair, chunk: Buffer): void {
    if (loses(pair, mode.kind === 'swallow')) return;
    if (mode.kind === 'hold') return void pair.held.push(chunk);
    if (mode.kind === 'cut at' && mode.said.test(chunk.toString('latin1'))) {
      const { when } = mode;
      mode = PASS;
      pair.doomed = true;
      if (when === 'unheard') end(pair);
    }
    if (!pair.server.destroyed) pair.server.write(chunk);
  }

  function endEach(which: (pair: Pair) => boolean): void {
    for (const pair of [...pairs].filter(which)) end(pair);
  }

  const port = await freePort();
  await once(listener.listen(port, '127.0.0.1'), 'listening');
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    set: (next) => {
      mode = next;
      for (const pair of pairs) for (const chunk of pair.held.splice(0)) hear(pair, chunk);
      // A stream with a hole in it is of no use to anybody.
      endEach((pair) => mode.kind === 'cut' || pair.lostBytes);
    },
    get mode() {
      return mode.kind;
    },
    get heldConnections() {
      return [...pairs].filter(({ held }) => held.length > 0).length;
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      endEach(() => true);
      await closed;
    },
  };
}

function loses(pair: Pair, swallows: boolean): boolean {
  if (swallows) pair.lostBytes = true;
  return swallows;
}

async function deliver(to: Socket, chunk: Buffer, dueAt: number): Promise<void> {
  const wait = dueAt - performance.now();
  if (wait > 0) await pause(wait);
  if (!to.destroyed) to.write(chunk);
}
