import { setTimeout as pause } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Database } from '../platform/database.ts';
import { Poller } from '../platform/poller.ts';
import { retryDelayMs } from '../platform/retry-delay.ts';
import type { Delivery } from './delivery.ts';
import {
  claimDueMails,
  MAX_MAIL_RETRY_DELAY_MS,
  type MailOutcome,
  nextMailDueInMs,
  type OwedMail,
  recordMail,
} from './due-mails.ts';

/** After the first try that finds the mail server away; it doubles with each further one, up to half a minute. */
const AWAY_PAUSE_MS = 1_000;
/** When the database does not take what came of a mail, it is told again: nobody else knows. */
const RECORD_AGAIN_MS = 1_000;
/** As if it had not been tried. */
const AT_ONCE: MailOutcome = { kind: 'again', inMs: 0, counts: false, reason: null };
const UNWRITTEN = 'The mail could not be written.';
const GIVEN_UP = 'It was not known to be sent after as many tries as there may be.';

export interface MailerParts {
  readonly db: Database;
  /** Bounded in time; rejects when the mail could not be written. */
  readonly deliver: (mail: OwedMail) => Promise<Delivery>;
  /** Ends what `deliver` is at. */
  readonly abort: () => void;
  /** Told of each mail that was tried, and what came of it. */
  readonly onDelivery: (mail: OwedMail, delivery: Delivery) => void;
  /** Told once in an interval. */
  readonly onSweep: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly maxConnections: number;
  readonly maxPerSecond: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly sweepIntervalMs: number;
}

/**
 * Sends what is owed, from the database alone: whoever makes a mail due may wake it, and need not. Only what the mail server says of
 * a mail, or leaves unsaid, uses up tries. While the mail server is away one mail at a time finds out whether it is back.
 */
export class Mailer {
  readonly #parts: MailerParts;
  readonly #poller: Poller;
  readonly #slots: PQueue;
  readonly #atWork = new Set<number>();
  #oneIsDone = Promise.withResolvers<void>();
  /** How often in a row the mail server was found to be away. */
  #timesAway = 0;
  #pausedUntil = 0;
  #nextSweepAt = 0;

  constructor(parts: MailerParts) {
    this.#parts = parts;
    const { maxConnections: concurrency, maxPerSecond: intervalCap, onError } = parts;
    this.#poller = new Poller({ intervalMs: () => parts.sweepIntervalMs, look: () => this.#sendDue(), onError });
    this.#slots = new PQueue({ concurrency, interval: 1_000, intervalCap });
  }

  /** Whether the mail server was there when it was last tried. */
  get serverIsThere(): boolean {
    return this.#timesAway === 0;
  }

  start(): void {
    this.#poller.start();
  }

  /** A mail is due. */
  wake(): void {
    this.#poller.lookNow();
  }

  /** Begins nothing any more, waits `patienceMs` for what it is at, and ends the rest: what was not heard is due at once. */
  async stop(patienceMs: number): Promise<void> {
    const stopped = this.#poller.stop();
    this.#oneIsDone.resolve();
    await Promise.race([this.#slots.onIdle(), pause(patienceMs, undefined, { ref: false })]);
    this.#parts.abort();
    await stopped;
    await this.#slots.onIdle();
  }

  async #sendDue(): Promise<void> {
    const { db } = this.#parts;
    await this.#tellOfSweep();
    for (;;) {
      const limit = await this.#room();
      if (this.#poller.stopped) return;
      const pausedMs = this.#pausedUntil - performance.now();
      if (pausedMs > 0) return this.#poller.lookIn(pausedMs);
      const mails = await claimDueMails(db, limit, [...this.#atWork]);
      for (const mail of mails) void this.#send(mail);
      if (mails.length < limit) break;
    }
    const nextInMs = await nextMailDueInMs(db);
    if (nextInMs !== null) this.#poller.lookIn(nextInMs);
  }

  async #tellOfSweep(): Promise<void> {
    if (performance.now() < this.#nextSweepAt) return;
    this.#nextSweepAt = performance.now() + this.#parts.sweepIntervalMs;
    await this.#parts.onSweep();
  }

  /** Resolves with how many may be claimed: so few that each has its turn long before its claim ends. */
  async #room(): Promise<number> {
    const { maxConnections, maxPerSecond } = this.#parts;
    for (;;) {
      const most = this.serverIsThere ? Math.min(maxConnections, maxPerSecond) : 1;
      if (this.#atWork.size <= most / 2 || this.#poller.stopped) return most - this.#atWork.size;
      await this.#oneIsDone.promise;
    }
  }

  async #send(mail: OwedMail): Promise<void> {
    this.#atWork.add(mail.id);
    await this.#slots.add(() => this.#deliverAndRecord(mail));
    this.#atWork.delete(mail.id);
    this.#oneIsDone.resolve();
    this.#oneIsDone = Promise.withResolvers();
  }

  async #deliverAndRecord(mail: OwedMail): Promise<void> {
    const { onDelivery } = this.#parts;
    const delivery = await this.#deliver(mail);
    onDelivery(mail, delivery);
    this.#noteServer(delivery);
    const outcome = this.#outcomeOf(mail, delivery);
    if (outcome) await this.#record(mail, outcome);
  }

  async #deliver(mail: OwedMail): Promise<Delivery> {
    const { deliver, maxAttempts, onError } = this.#parts;
    if (this.#poller.stopped) return { kind: 'stopped', heard: false };
    if (mail.attempt > maxAttempts) return { kind: 'refused', reason: GIVEN_UP };
    return deliver(mail).catch((error: unknown) => {
      onError(error);
      return { kind: 'later', reason: UNWRITTEN };
    });
  }

  #noteServer({ kind }: Delivery): void {
    if (kind === 'stopped') return;
    const now = performance.now();
    if (kind !== 'away') {
      this.#timesAway = 0;
      this.#pausedUntil = now;
    } else if (now >= this.#pausedUntil) {
      // Those that were tried at the same moment found out the same thing once.
      this.#timesAway++;
      this.#pausedUntil = now + retryDelayMs(AWAY_PAUSE_MS, this.#timesAway);
    }
  }

  /** null: nothing is known that the claim does not say. */
  #outcomeOf({ attempt }: OwedMail, delivery: Delivery): MailOutcome | null {
    const { maxAttempts, retryDelayMs: firstMs } = this.#parts;
    if (delivery.kind === 'outdated' || delivery.kind === 'stopped') {
      return delivery.kind === 'stopped' && delivery.heard ? null : AT_ONCE;
    }
    if (delivery.kind === 'away') {
      // Behind those that are due by then: no mail keeps the others from their turn.
      return { kind: 'again', inMs: retryDelayMs(AWAY_PAUSE_MS, this.#timesAway), counts: false, reason: null };
    }
    if (delivery.kind !== 'later') return delivery;
    if (attempt >= maxAttempts) return { kind: 'refused', reason: delivery.reason };
    const inMs = retryDelayMs(firstMs, attempt, MAX_MAIL_RETRY_DELAY_MS);
    return { kind: 'again', inMs, counts: true, reason: delivery.reason };
  }

  async #record(mail: OwedMail, outcome: MailOutcome): Promise<void> {
    for (;;) {
      try {
        const nextInMs = await recordMail(this.#parts.db, mail, outcome);
        if (nextInMs !== null) this.#poller.lookIn(nextInMs);
        return;
      } catch (error) {
        this.#parts.onError(error);
        if (this.#poller.stopped) return;
        await pause(RECORD_AGAIN_MS, undefined, { signal: this.#poller.signal }).catch(() => undefined);
      }
    }
  }
}
