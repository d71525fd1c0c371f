import type { WebSocket } from 'ws';

/** What a waiting frame takes besides its bytes: its buffers and the record of its write. */
const FRAME_OVERHEAD_BYTES = 512;

interface OutgoingBounds {
  /** Of what may wait for one client in our memory. */
  readonly maxUnsentBytes: number;
  /** How long it may wait. */
  readonly sendTimeoutMs: number;
}

interface Options extends OutgoingBounds {
  /** Told when the client is cut off. */
  readonly onSlow?: () => void;
}

interface Congestion {
  readonly over: Promise<void>;
  readonly end: () => void;
  readonly timer: NodeJS.Timeout;
  unansweredPing: Buffer | null;
}

/**
 * What one socket is sent. A client that does not read is cut off when too much waits for it, or for too long; a close
 * frame would wait behind the rest. Its `close` tells that a client is gone.
 */
export class OutgoingFrames {
  readonly #socket: WebSocket;
  readonly #bounds: Options;
  /** Frames, from the first on: sent, known to have left our memory, and reported as such, which happens a little later. */
  #sent = 0;
  #gone = 0;
  #reported = 0;
  #congestion: Congestion | null = null;

  constructor(socket: WebSocket, bounds: Options) {
    this.#socket = socket;
    this.#bounds = bounds;
  }

  /** @returns undefined when the frame has left our memory, else a promise that resolves when nothing waits any more */
  send(frame: string): Promise<void> | undefined {
    if (this.#socket.readyState !== this.#socket.OPEN) return undefined;
    this.#sent++;
    this.#socket.send(frame, this.#left);
    return this.#wait();
  }

  /** While something waits, only the newest ping is answered. https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3 */
  pong(ping: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#congestion) {
      this.#congestion.unansweredPing = Buffer.from(ping);
      return;
    }
    this.#sent++;
    this.#socket.pong(ping, false, this.#left);
    void this.#wait();
  }

  /** The socket is gone: whoever waits goes on. */
  closed(): void {
    this.#endCongestion();
  }

  #wait(): Promise<void> | undefined {
    const { bufferedAmount } = this.#socket;
    if (bufferedAmount === 0) {
      this.#gone = this.#sent;
      return undefined;
    }
    const { maxUnsentBytes, sendTimeoutMs } = this.#bounds;
    const overhead = (this.#sent - this.#gone) * FRAME_OVERHEAD_BYTES;
    if (bufferedAmount + overhead > maxUnsentBytes) this.#cutOff();
    if (!this.#congestion) {
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      const timer = setTimeout(() => this.#cutOff(), sendTimeoutMs);
      this.#congestion = { over, end, timer, unansweredPing: null };
    }
    return this.#congestion.over;
  }

  readonly #left = (): void => {
    this.#reported++;
    this.#gone = Math.max(this.#gone, this.#reported);
    if (this.#socket.bufferedAmount === 0) this.#endCongestion();
  };

  #cutOff(): void {
    this.#bounds.onSlow?.();
    this.#socket.terminate();
  }

  #endCongestion(): void {
    const ended = this.#congestion;
    if (!ended) return;
    this.#congestion = null;
    clearTimeout(ended.timer);
    ended.end();
    if (ended.unansweredPing) this.pong(ended.unansweredPing);
  }
}
