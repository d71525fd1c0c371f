import type { Announce, AnnounceEntries } from './bookings/live/update-hints.ts';
import { Cancellation } from './cancellation/cancellation.ts';
import type { Config } from './config.ts';
import type { EventQueries } from './events/event-queries.ts';
import { createFinalization } from './finalization/finalization.ts';
import { HoldExpiry, type HoldExpiryParts } from './holds/hold-expiry.ts';
import { WakeUp } from './platform/wake-up.ts';
import type { Surroundings } from './surroundings.ts';
import type { TicketIssuer } from './tickets/issue-tickets.ts';
import type { TicketQueries } from './tickets/ticket-queries.ts';
import type { TicketUseCases } from './tickets/ticket-use-cases.ts';
import { WaitingListOffers } from './waiting-list/waiting-list-offers.ts';

/** What wakes the workers of all processes. */
export function createWakeUps({ services, log }: Surroundings) {
  return {
    cancellations: new WakeUp(services.pubsub, log, 'events-cancelled'),
    mails: new WakeUp(services.pubsub, log, 'mails'),
  };
}

export interface WorkerParts
  extends Pick<HoldExpiryParts, 'expired' | 'offered'>,
    Pick<TicketUseCases, 'ticketUrls' | 'ticketDocument'> {
  readonly issuer: TicketIssuer;
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  readonly wakeUps: ReturnType<typeof createWakeUps>;
  readonly events: EventQueries;
  readonly tickets: TicketQueries;
}

/** What a process does as a worker. */
export async function openWorker(config: Config, surroundings: Surroundings, parts: WorkerParts) {
  const { services, database } = surroundings;
  const doing = { ...config.finalization, ...surroundings, ...parts, mails: config.mail !== null };
  const finalization = createFinalization({
    ...doing,
    queue: services.queue,
    onRefused: () => database.cost('finalizations'),
  });
  const { cancellations } = parts.wakeUps;
  const all = [
    finalization,
    new Cancellation({ ...doing, cancellations }),
    new HoldExpiry(doing),
    new WaitingListOffers(doing),
    ...(await openMail(config, surroundings, parts)),
  ];
  return {
    start(): void {
      for (const one of all) one.start();
    },
    async stop(): Promise<void> {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

/** Loads the code that writes mails and sends them only where there are any. */
async function openMail({ mail, publicUrl, web }: Config, surroundings: Surroundings, parts: WorkerParts) {
  if (!mail) return [];
  const { createMail } = await import('./mail/create-mail.ts');
  const links =
    publicUrl === null
      ? null
      : {
          ticketUrl: (code: string) => parts.ticketUrls(code).pdfUrl,
          bookingUrl: web ? (id: number) => `${publicUrl}/bookings/${id}` : null,
        };
  const printTicket = async (code: string) => {
    const { fileName, render } = await parts.ticketDocument(code, 'pdf');
    return { fileName, mediaType: 'application/pdf', content: await render() };
  };
  return [createMail(mail, { ...surroundings, ...parts, links, printTicket, wakeUp: parts.wakeUps.mails })];
}
