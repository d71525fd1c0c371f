import { answer, type MailServer, type ReceivedMail, startMailServer } from '../support/mail-server.ts';
import type { Random } from './random.ts';

/** Of the mails, while things break. */
const deferredShare = 0.05;
const deferredWholeShare = 0.03;
const lostAnswerShare = 0.03;
const turnedAwayShare = 0.05;
/** The mail server says nothing for so long, now and then: longer than it is waited for. */
const silentShare = 0.02;

/** With which a box office meets a mail server like this one. */
export const MAIL_ENV = {
  MAIL_FROM: 'Box Office <tickets@shop.example>',
  MAIL_SEND_TIMEOUT_MS: '1000',
  MAIL_RETRY_DELAY_MS: '200',
  MAIL_RATE: '1000',
  MAIL_ATTEMPTS: '100',
};

/** A mail server that defers, turns away, loses its answers and falls silent, until it is told to be well. */
export class PostOffice {
  readonly #server: MailServer;
  /** Messages whose answer was lost, or came too late, by Message-ID. */
  readonly unanswered = new Map<string, number>();

  private constructor(server: MailServer) {
    this.#server = server;
  }

  static async open(random: Random): Promise<PostOffice> {
    const server = await startMailServer();
    const office = new PostOffice(server);
    const silent = () => new Promise<never>(() => undefined);
    server.behaviour = {
      onConnection: () => {
        if (random.chance(turnedAwayShare)) throw answer(421, 'come again');
        return random.chance(silentShare) ? silent() : undefined;
      },
      onRecipient: () => {
        if (random.chance(deferredShare)) throw answer(451, 'not now');
      },
      onMail: (mail, session) => {
        if (random.chance(deferredWholeShare)) throw answer(451, 'not now');
        if (!random.chance(lostAnswerShare)) return undefined;
        office.unanswered.set(mail.messageId, (office.unanswered.get(mail.messageId) ?? 0) + 1);
        server.drop(session);
        return silent();
      },
    };
    return office;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Those that it said it took. */
  get taken(): readonly ReceivedMail[] {
    return this.#server.taken;
  }

  beWell(): void {
    this.#server.behaviour = {};
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
