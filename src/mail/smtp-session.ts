import { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailServer } from '../configuration/mail-rules.ts';
import type { WrittenMail } from './delivery.ts';

/** Larger than any answer that says something. */
const MAX_RESPONSE_BYTES = 65_536;

/** The mail server did not take a mail, or did not say that it did. */
export class MailNotTaken extends Error {
  /** Whether the mail server had begun to read the mail itself. */
  readonly heard: boolean;

  constructor(cause: unknown, heard: boolean) {
    super('the mail server did not take a mail', { cause });
    this.heard = heard;
  }
}

type Done<T> = (error?: Error | null, result?: T) => void;

/** One connection to the mail server, open and logged in; for one mail after the other. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  #ended = false;

  private constructor(connection: SMTPConnection) {
    this.#connection = connection;
    // Of a connection that nobody waits for; whoever does is told besides.
    connection.on('error', () => this.close());
    connection.once('end', () => {
      this.#ended = true;
    });
  }

  /** @param signal ends the try, in time also while the mail server answers a little now and then */
  static async open(server: MailServer, tls: SecureContext, signal: AbortSignal): Promise<SmtpSession> {
    const { host, port, secure, startTls, login } = server;
    const session = new SmtpSession(
      new SMTPConnection({
        host,
        port,
        secure,
        requireTLS: startTls === 'required',
        ignoreTLS: startTls === 'off',
        tls: { secureContext: tls },
        maxResponseSize: MAX_RESPONSE_BYTES,
        socketCloseTimeout: 0,
      }),
    );
    const connection = session.#connection;
    await session.#ask(signal, (done) => connection.connect(done));
    if (login) {
      const credentials = { user: login.user, pass: login.password };
      await session.#ask(signal, (done) => connection.login({ credentials }, done));
    }
    return session;
  }

  /** Whether it can be used for another mail, as far as anybody knows. */
  get isOpen(): boolean {
    return !this.#ended;
  }

  /** @throws MailNotTaken; then the session is closed */
  async send({ envelope, message }: WrittenMail, signal: AbortSignal): Promise<void> {
    let heard = false;
    // Read when the mail server has taken the addresses and says that it listens.
    const listened = new Readable({
      read() {
        heard = true;
        this.push(message);
        this.push(null);
      },
    });
    const { from, to } = envelope;
    try {
      const sending = { from, to: [to], size: message.length, use8BitMime: true };
      await this.#ask(signal, (done) => this.#connection.send(sending, listened, done));
    } catch (error) {
      throw new MailNotTaken(error, heard);
    }
  }

  /** Takes its leave, without waiting for an answer. */
  quit(): void {
    if (this.isOpen) this.#connection.quit();
  }

  /** At once, whatever is under way. */
  close(): void {
    this.#ended = true;
    this.#connection.close();
  }

  /** Closes the connection when the answer is an error, or none comes before the signal. */
  async #ask<T>(signal: AbortSignal, question: (done: Done<T>) => void): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#connection.on('error', reject);
    try {
      signal.throwIfAborted();
      question((error, result) => (error ? reject(error) : resolve(result)));
      return await promise;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#connection.off('error', reject);
    }
  }
}
