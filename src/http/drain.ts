import type { Server } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

const MAX_ACCEPTING_MS = 1_000;
/** For what was accepted last to say what it wants. */
const LINGER_MS = 500;

/**
 * Goes on answering for `drainMs` when the server is told to close, so that nobody is cut off: a load balancer sees that it
 * is no longer ready, every answer ends its connection in order, and only then are the port and the idle connections closed.
 * @returns whether that has begun
 */
export function drainBeforeClosing(app: FastifyInstance, drainMs: number): { readonly begun: boolean } {
  const drain = { begun: false };
  // Fastify does so for requests that come after this; those in flight would keep their connections open.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (drain.begun) reply.header('Connection', 'close');
    done(null, payload);
  });
  app.addHook('preClose', async () => {
    drain.begun = true;
    if (drainMs === 0 || !app.server.listening) return;
    await pause(drainMs);
    await acceptAllThatWait(app.server);
    const closeIdle = app.server.closeIdleConnections.bind(app.server);
    app.server.closeIdleConnections = () => void setTimeout(closeIdle, LINGER_MS).unref();
  });
  return drain;
}

/**
 * Node accepts one connection in each turn of its event loop, and the system answers those that still wait with a reset
 * when the port is closed. They are let in, and no more may join them: others are told that nobody listens.
 */
async function acceptAllThatWait(server: Server): Promise<void> {
  const { _handle: handle } = server as Server & { readonly _handle?: { listen(backlog: number): number } | null };
  handle?.listen(1);
  let accepted = 0;
  const count = () => {
    accepted++;
  };
  server.on('connection', count);
  const giveUpAt = performance.now() + MAX_ACCEPTING_MS;
  do {
    accepted = 0;
    await turn();
  } while (accepted > 0 && performance.now() < giveUpAt);
  server.off('connection', count);
}
