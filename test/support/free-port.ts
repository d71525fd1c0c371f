import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port on 127.0.0.1 below the range from which systems take the ports of outgoing
 * connections. In that range a client that reconnects to a stopped server can be given the server's
 * own port, connect to itself, and keep the server from coming back.
 */
export async function freePort(maxAttempts = 50): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(20_000, 32_000);
    const listener = createServer();
    try {
      await once(listener.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (attempt === maxAttempts) throw error;
    } finally {
      listener.close();
    }
  }
}
