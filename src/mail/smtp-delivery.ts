import type { SecureContext } from 'node:tls';
import type { MailServer } from '../configuration/mail-rules.ts';
import { type Delivery, SENT, type WrittenMail } from './delivery.ts';
import { answerOf, deliveryOf } from './mail-answers.ts';
import { MailNotTaken, SmtpSession } from './smtp-session.ts';

/** A session that nobody needs is kept so long for the next mail. */
const IDLE_MS = 2_000;

export interface SmtpDeliveryParts {
  readonly server: MailServer;
  /** As the files of certificates are now. */
  readonly tls: () => SecureContext;
  /** For one mail, whatever the mail server does. */
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

  /** Does not throw. */
  async deliver(mail: WrittenMail): Promise<Delivery> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#parts.timeoutMs)]);
    const kept = this.#keptSession();
    try {
      if (kept && (await this.#sendOverKept(kept, mail, signal))) return SENT;
      const { server, tls } = this.#parts;
      await this.#send(await SmtpSession.open(server, tls(), signal), mail, signal);
      return SENT;
    } catch (error) {
      const heard = error instanceof MailNotTaken && error.heard;
      if (this.#stopping.signal.aborted) return { kind: 'stopped', heard };
      return deliveryOf(error);
    }
  }

  /** Ends all that is under way. */
  close(): void {
    this.#stopping.abort(new Error('stopping'));
    this.#endIdle();
  }

  #keptSession(): SmtpSession | null {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) if (kept.isOpen) return kept;
    return null;
  }

  /** @returns false when the mail server had ended that session and heard nothing of the mail */
  async #sendOverKept(session: SmtpSession, mail: WrittenMail, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#send(session, mail, signal);
      return true;
    } catch (error) {
      if ((error as MailNotTaken).heard || answerOf(error) || signal.aborted) throw error;
      return false;
    }
  }

  async #send(session: SmtpSession, mail: WrittenMail, signal: AbortSignal): Promise<void> {
    await session.send(mail, signal);
    this.#idle.push(session);
    this.#rest ??= setTimeout(() => this.#endIdle(), IDLE_MS).unref();
  }

  #endIdle(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    for (const session of this.#idle.splice(0)) session.quit();
  }
}
