import { BoxOffice } from './box-office.ts';
import { buy, type Sale } from './buyer.ts';
import { createCrowd, holdSecondsOf } from './crowd.ts';
import { Dashboard, type Numbers } from './dashboard.ts';
import { Display } from './display.ts';
import type { DemoOptions } from './options.ts';
import { Tally } from './tally.ts';

const CREATE = 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { id } }';
const MAX_PER_USER = 4;

export interface Sold {
  readonly buyers: number;
  readonly tally: Tally;
  /** When the last watcher had been told. */
  readonly numbers: Numbers;
  /** From the opening until then. */
  readonly seconds: number;
}

/** Sells an event to a crowd that comes at once, and shows it meanwhile. */
export async function sell(url: string, options: DemoOptions): Promise<Sold> {
  const { places, buyers } = options;
  const boxOffice = new BoxOffice(url);
  const { createEvent: event } = await boxOffice.ask<{ createEvent: { id: string } }>(CREATE, {
    input: {
      title: 'The Last Concert',
      venue: 'Music Hall',
      capacity: places,
      maxPerUser: MAX_PER_USER,
      waitingListOfferSeconds: holdSecondsOf(options),
    },
  });
  console.log(`${buyers} buyers want ${places} places. Watch it live: ${url}/events/${event.id}`);

  const dashboard = new Dashboard(boxOffice, event.id);
  const tally = new Tally();
  const display = new Display(tally, dashboard, buyers);
  const since = performance.now();
  await letThemCome({ boxOffice, eventId: event.id, tally, dashboard }, options);
  const seconds = (performance.now() - since) / 1_000;
  const numbers = await dashboard.ask();
  display.end();
  await dashboard.close();
  return { buyers, tally, numbers, seconds };
}

async function letThemCome(
  { dashboard, ...sale }: Omit<Sale, 'over' | 'answered' | 'isLate'> & { readonly dashboard: Dashboard },
  options: DemoOptions,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const allAnswered = Promise.withResolvers<void>();
  let unanswered = options.buyers;
  const answered = () => {
    unanswered -= 1;
    if (unanswered === 0) allAnswered.resolve();
  };
  const isLate = () => unanswered === 0;
  const market = { ...sale, answered, isLate, over: over.promise };
  const crowd = createCrowd(options).map((buyer) => buy(market, buyer));
  await Promise.race([Promise.all(crowd), allAnswered.promise.then(() => dashboard.untilQuiet())]);
  over.resolve();
  await Promise.all(crowd);
}
