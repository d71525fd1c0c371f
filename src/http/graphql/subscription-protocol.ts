import { type ConnectionInitMessage, type Message, MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import type { Viewer } from '../../auth/viewer.ts';
import {
  type Closing,
  EXPIRED,
  ID_IN_USE,
  INVALID_MESSAGE,
  NO_INIT,
  NOT_ACKNOWLEDGED,
  OUR_FAULT,
  refusalOf,
  SECOND_INIT,
  TOO_LARGE,
  TOO_MANY_SOCKETS,
  UNAVAILABLE,
} from './close-codes.ts';
import { LiveSubscriptions, type Watcher } from './live-subscriptions.ts';
import type { Send } from './subscription.ts';
import type { SubscriptionParts } from './subscription-parts.ts';

/** 24.8 days; a longer wait would be none. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Clients number them, or send a UUID. */
const MAX_ID_CHARS = 100;
const ACKNOWLEDGEMENT = JSON.stringify({ type: MessageType.ConnectionAck });

/** What the protocol needs of a socket. */
export interface Connection {
  readonly address: string;
  readonly send: Send;
  readonly close: (code: number, reason: string) => void;
}

/**
 * One socket's talk in graphql-transport-ws. Apollo's protections do not reach here, so the same ones stand here again.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export class SubscriptionProtocol {
  readonly #parts: SubscriptionParts;
  readonly #connection: Connection;
  readonly #subscriptions: LiveSubscriptions;
  /** Ends the wait for connection_init, later the token's time. */
  #deadline: NodeJS.Timeout | undefined;
  #greeted = false;
  #watcher: Watcher | null = null;
  #closed = false;

  constructor(parts: SubscriptionParts, connection: Connection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#subscriptions = new LiveSubscriptions(parts, connection.send, () => this.#close(UNAVAILABLE));
    this.#closeIn(parts.server.config.websocket.initTimeoutMs, NO_INIT);
  }

  receive(data: Buffer): void {
    if (this.#closed) return;
    const fault = this.#handle(data);
    if (fault) this.#close(fault);
  }

  /** The socket is gone, or going. Everything is given back, also what is still on its way. */
  closed(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#deadline);
    this.#subscriptions.endAll();
    this.#watcher?.seat.leave();
  }

  /** @returns what is wrong with it */
  #handle(data: Buffer): Closing | undefined {
    // Before it is parsed: what it says may take a hundred times its own room.
    if (!this.#greeted && data.length > this.#parts.server.config.websocket.maxInitBytes) return TOO_LARGE;
    const message = read(data);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return this.#greet(message);
      case MessageType.Ping:
        void this.#connection.send(JSON.stringify({ type: MessageType.Pong, payload: message.payload }));
        return undefined;
      case MessageType.Pong:
        return undefined;
      case MessageType.Subscribe:
        return this.#subscribe(message);
      case MessageType.Complete:
        this.#subscriptions.complete(message.id);
        return undefined;
      default:
        return INVALID_MESSAGE;
    }
  }

  /** Keeps only who the client is of all that it says of itself. */
  #greet({ payload }: ConnectionInitMessage): Closing | undefined {
    if (this.#greeted) return SECOND_INIT;
    this.#greeted = true;
    clearTimeout(this.#deadline);
    void this.#identify(payload?.['authorization'] ?? payload?.['Authorization']);
    return undefined;
  }

  async #identify(credentials: unknown): Promise<void> {
    try {
      const viewer = await this.#parts.server.authenticator.identify(credentials);
      const refusal = this.#closed ? undefined : this.#acknowledge(viewer);
      if (refusal) this.#close(refusal);
    } catch (error) {
      const closing = refusalOf(error);
      if (closing === OUR_FAULT || closing === UNAVAILABLE) this.#parts.server.failures.of(null)(error);
      this.#close(closing);
    }
  }

  #acknowledge(viewer: Viewer): Closing | undefined {
    const { address } = this.#connection;
    const seat = this.#parts.watchers.seat(viewer, address);
    if (!seat) {
      this.#parts.server.metrics.rateLimited.inc({ limit: 'sockets-per-watcher' });
      return TOO_MANY_SOCKETS;
    }
    this.#watcher = { viewer, address, seat };
    if (viewer.expiresAtMs !== null) this.#closeIn(viewer.expiresAtMs - Date.now(), EXPIRED);
    void this.#connection.send(ACKNOWLEDGEMENT);
    return undefined;
  }

  #subscribe({ id, payload }: SubscribeMessage): Closing | undefined {
    if (!this.#watcher) return NOT_ACKNOWLEDGED;
    if (id.length > MAX_ID_CHARS) return INVALID_MESSAGE;
    if (this.#subscriptions.has(id)) return ID_IN_USE;
    this.#subscriptions.start(id, payload, this.#watcher);
    return undefined;
  }

  #closeIn(waitMs: number, closing: Closing): void {
    const leftMs = waitMs - MAX_TIMER_MS;
    const next = () => (leftMs > 0 ? this.#closeIn(leftMs, closing) : this.#close(closing));
    this.#deadline = setTimeout(next, Math.min(Math.max(0, waitMs), MAX_TIMER_MS));
  }

  #close([code, reason]: Closing): void {
    this.closed();
    this.#connection.close(code, reason);
  }
}

function read(data: Buffer): Message | null {
  try {
    return parseMessage(data.toString());
  } catch {
    return null;
  }
}
