import { GraphQLError } from 'graphql';
import { MessageType, type SubscribePayload } from 'graphql-ws';
import type { Viewer } from '../../auth/viewer.ts';
import { BoxOfficeError, rateLimited } from '../../errors.ts';
import type { Seat } from '../limits/watchers.ts';
import { unreadableDocument } from './document-faults.ts';
import { maskedErrors } from './masked-errors.ts';
import { asGraphqlError, type Send, Subscription } from './subscription.ts';
import { clientError, InvalidDocument, type Operation } from './subscription-documents.ts';
import type { SubscriptionParts } from './subscription-parts.ts';

const RETRY_AFTER_MS = 10_000;

/** Who watches, once the socket has said so. */
export interface Watcher {
  readonly viewer: Viewer;
  readonly address: string;
  readonly seat: Seat;
}

/** All that one socket watches. What counts is what lives: an id may be free again while its source is still on its way. */
export class LiveSubscriptions {
  readonly #parts: SubscriptionParts;
  readonly #send: Send;
  readonly #comeBackLater: () => void;
  readonly #byId = new Map<string, Subscription>();
  readonly #live = new Set<Subscription>();

  /** @param comeBackLater closes the socket: an error would be the end of what is watched, and who comes back goes on */
  constructor(parts: SubscriptionParts, send: Send, comeBackLater: () => void) {
    this.#parts = parts;
    this.#send = send;
    this.#comeBackLater = comeBackLater;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** What may not be watched is answered with an error. */
  start(id: string, payload: SubscribePayload, watcher: Watcher): void {
    try {
      this.#follow(id, this.#admit(payload), watcher);
    } catch (error) {
      const shown = maskedErrors(faultsOf(error), this.#parts.server.failures.of(null));
      void this.#send(JSON.stringify({ id, type: MessageType.Error, payload: shown }));
    }
  }

  /** The client has seen enough. */
  complete(id: string): void {
    this.#byId.get(id)?.end();
    this.#byId.delete(id);
  }

  endAll(): void {
    for (const subscription of this.#live) subscription.end();
  }

  #admit(payload: SubscribePayload): Operation {
    const { documents, server } = this.#parts;
    const { maxSubscriptionsPerSocket } = server.config.websocket;
    if (this.#live.size < maxSubscriptionsPerSocket) return documents.read(payload);
    throw clientError(`At most ${maxSubscriptionsPerSocket} subscriptions per connection.`);
  }

  #follow(id: string, operation: Operation, { viewer, address, seat }: Watcher): void {
    const { server, beginReading, schema, results, turns } = this.#parts;
    const { metrics, failures } = server;
    const leave = seat.takeSubscription();
    if (!leave) {
      metrics.rateLimited.inc({ limit: 'subscriptions-per-watcher' });
      throw rateLimited(RETRY_AFTER_MS);
    }
    const released = () => {
      leave();
      metrics.subscriptions.dec();
      this.#live.delete(subscription);
      if (this.#byId.get(id) === subscription) this.#byId.delete(id);
    };
    const [send, comeBackLater] = [this.#send, this.#comeBackLater];
    const subscription = new Subscription({
      id,
      operation,
      schema,
      results,
      turns,
      send,
      comeBackLater,
      released,
      opened: metrics.subscriptionSeconds.startTimer(),
    });
    this.#byId.set(id, subscription);
    this.#live.add(subscription);
    metrics.subscriptions.inc();
    void subscription.run(beginReading()({ viewer, address, noteFailure: failures.of(null) }));
  }
}

/** The codes that Apollo Server gives to the same errors over HTTP. */
function faultsOf(error: unknown): readonly GraphQLError[] {
  if (error instanceof InvalidDocument) return coded(error.problems, 'GRAPHQL_VALIDATION_FAILED');
  const fault = error instanceof GraphQLError ? error : (unreadableDocument(error) ?? asGraphqlError(error));
  if (fault.extensions['code'] || fault.originalError instanceof BoxOfficeError) return [fault];
  return error instanceof GraphQLError ? coded([fault], 'GRAPHQL_PARSE_FAILED') : [fault];
}

function coded(errors: readonly GraphQLError[], code: string): readonly GraphQLError[] {
  for (const error of errors) error.extensions['code'] = code;
  return errors;
}
