import type { SecureContext } from 'node:tls';
import type { MailServer } from '../configuration/mail-rules.ts';
import { type Delivery, OUTDATED, SENT, type WrittenMail } from './delivery.ts';
import { answerOf, deliveryOf } from './mail-answers.ts';
import { MailNotTaken, SmtpSession } from './smtp-session.ts';

/** A session that nobody needs is kept so long for the next mail. */
const IDLE_MS = 2_000;
/** For what is read and printed for one mail. With three times the mail server's time, less than a claim. */
const WRITE_TIMEOUT_MS = 35_000;

export interface SmtpDeliveryParts {
  readonly server: MailServer;
  /** As the files of certificates are now. */
  readonly tls: () => SecureContext;
  /** To reach the mail server, and again to hand it a mail, whatever it says meanwhile. */
  readonly timeoutMs: number;
}

/** Hands mails to the mail server, several at a time, each over a session that it has to itself meanwhile. */
export class SmtpDelivery {
  readonly #parts: SmtpDeliveryParts;
  readonly #idle: SmtpSession[] = [];
  readonly #stopping = new AbortController();
  #rest: NodeJS.Timeout | undefined;

  constructor(parts: SmtpDeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Reaches the mail server before the mail is written: what it says is then of a moment ago, and an outage costs little.
   * @param write resolves with null when the mail is not owed any more
   * @throws what `write` throws
   */
  async deliver(write: () => Promise<WrittenMail | null>): Promise<Delivery> {
    const kept = this.#keptSession();
    const session = kept ?? (await this.#open());
    if (!(session instanceof SmtpSession)) return session;
    let mail: WrittenMail | null;
    try {
      mail = await this.#write(write);
    } catch (error) {
      session.quit();
      if (this.#stopped) return { kind: 'stopped', heard: false };
      throw error;
    }
    if (mail) return this.#send(session, mail, kept !== null);
    this.#keep(session);
    return OUTDATED;
  }

  /** Ends all that is under way. */
  close(): void {
    this.#stopping.abort(new Error('stopping'));
    this.#endIdle();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #keptSession(): SmtpSession | null {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) if (kept.isOpen) return kept;
    return null;
  }

  async #open(): Promise<SmtpSession | Delivery> {
    const { server, tls, timeoutMs } = this.#parts;
    try {
      return await SmtpSession.open(server, tls(), this.#within(timeoutMs));
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #write(write: () => Promise<WrittenMail | null>): Promise<WrittenMail | null> {
    const signal = this.#within(WRITE_TIMEOUT_MS);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([write(), aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #send(session: SmtpSession, mail: WrittenMail, wasKept: boolean): Promise<Delivery> {
    try {
      await session.send(mail, this.#within(this.#parts.timeoutMs));
      this.#keep(session);
      return SENT;
    } catch (error) {
      if (!wasKept || !isOfAnEndedSession(error) || this.#stopped) return this.#failed(error);
    }
    const fresh = await this.#open();
    return fresh instanceof SmtpSession ? this.#send(fresh, mail, false) : fresh;
  }

  #keep(session: SmtpSession): void {
    this.#idle.push(session);
    if (this.#stopped) this.#endIdle();
    else this.#rest ??= setTimeout(() => this.#endIdle(), IDLE_MS).unref();
  }

  #endIdle(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    for (const session of this.#idle.splice(0)) session.quit();
  }

  #failed(error: unknown): Delivery {
    const heard = error instanceof MailNotTaken && error.heard;
    return this.#stopped ? { kind: 'stopped', heard } : deliveryOf(error);
  }

  #within(ms: number): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ms)]);
  }
}

/** The mail server had ended it while nobody needed it, and heard nothing of the mail. */
function isOfAnEndedSession(error: unknown): boolean {
  return !(error as MailNotTaken).heard && answerOf(error) === null;
}
