import type { MailConfig } from '../config.ts';
import type { EventQueries } from '../events/event-queries.ts';
import type { Database } from '../platform/database.ts';
import { Dependency } from '../platform/dependency.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { tlsContext } from '../platform/tls-context.ts';
import type { WakeUp } from '../platform/wake-up.ts';
import type { TicketQueries } from '../tickets/ticket-queries.ts';
import type { Delivery, WrittenMail } from './delivery.ts';
import { countOwedMails, isStillOwed, type OwedMail } from './due-mails.ts';
import { type MailLinks, mailFacts } from './mail-facts.ts';
import { Mailer } from './mailer.ts';
import { SmtpDelivery } from './smtp-delivery.ts';
import { type PrintTicket, ticketAttachments, whatIsAttached } from './ticket-attachments.ts';
import { writeMail } from './write-mail.ts';

/** What a mail that is under way may take, when the worker is told to stop; far less than everything else has. */
const STOP_PATIENCE_MS = 2_000;

export interface MailParts {
  readonly db: Database;
  readonly events: Pick<EventQueries, 'find'>;
  readonly tickets: Pick<TicketQueries, 'ofBookings'>;
  /** null: nobody knows where tickets are found. */
  readonly links: MailLinks | null;
  readonly printTicket: PrintTicket;
  /** Told of a mail that is owed. */
  readonly wakeUp: Pick<WakeUp, 'listen'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly trouble: RepeatedTrouble;
  readonly databaseTrouble: RepeatedTrouble;
}

/** All that a worker does about mails. @throws naming the setting, when the files of certificates cannot be used */
export function createMail(config: MailConfig, parts: MailParts) {
  const { db, wakeUp, log, metrics, trouble, databaseTrouble } = parts;
  const roots = config.tlsCa === null ? null : { setting: 'SMTP_TLS_CA_FILE', path: config.tlsCa };
  const tls = tlsContext({ roots, certificate: null, key: null }, (problem) => log.warn(problem));
  const smtp = new SmtpDelivery({ server: config.server, tls, timeoutMs: config.timeoutMs });
  const server = watchServer(log, () => mailer.serverIsThere);
  const mailer = new Mailer({
    ...config,
    db,
    deliver: (mail) => smtp.deliver(() => write(config, parts, mail)),
    abort: () => smtp.close(),
    onDelivery: (mail, delivery) => tell(mail, delivery),
    onSweep: async () => metrics.mailsOwed.set(await countOwedMails(db)),
    onError: (error) => databaseTrouble.note('error', 'mails that are owed cannot be read, written or recorded', error),
  });
  let listening: Promise<() => void> | null = null;

  function tell({ id: bookingId }: OwedMail, delivery: Delivery): void {
    metrics.mails.inc({ result: delivery.kind });
    if (delivery.kind === 'away') {
      server.failed(delivery.error);
      server.cost('tries');
    }
    // Without what the mail server said, which names people.
    if (delivery.kind === 'refused' || delivery.kind === 'later') {
      trouble.note('warn', 'a mail was not taken, its booking says why', delivery.kind, { bookingId });
    }
  }

  return {
    start(): void {
      mailer.start();
      listening = wakeUp.listen(() => mailer.wake());
    },

    /** Begins nothing any more, and waits 2 seconds for what has begun. */
    async stop(): Promise<void> {
      const stopListening = await listening;
      if (!stopListening) return;
      listening = null;
      stopListening();
      await mailer.stop(STOP_PATIENCE_MS);
      server.close();
    },
  };
}

function watchServer(log: Logger, isThere: () => boolean): Dependency<'tries'> {
  return new Dependency({
    name: 'mail server',
    log,
    level: 'warn',
    meanwhile: 'mails wait until it is back',
    variable: 'SMTP_URL',
    costs: ['tries'],
    // Mails find it out; asking besides would be one more login a second.
    probe: async () => {
      if (!isThere()) throw new Error('the mail server is away');
    },
  });
}

async function write({ from }: MailConfig, parts: MailParts, mail: OwedMail): Promise<WrittenMail | null> {
  if (!(await isStillOwed(parts.db, mail))) return null;
  const event = await parts.events.find(mail.eventId);
  if (!event) throw new Error('a booking has no event');
  const tickets = mail.status === 'FINALIZED' ? await parts.tickets.ofBookings([mail.id]) : [];
  const attachments = await ticketAttachments(parts.printTicket, mail, tickets);
  const facts = {
    ...mailFacts(mail, event, tickets, parts.links),
    attached: whatIsAttached(attachments.length, tickets.length),
  };
  return writeMail(from, mail, facts, attachments);
}
