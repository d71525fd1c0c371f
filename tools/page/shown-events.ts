import { bookTicket, createEvent, graphqlData } from '../../test/support/graphql-client.ts';

const BUYERS = ['Anna Seghers', 'Clara Wieck', 'Felix M.', 'Fanny Hensel', 'Robert S.', 'Johannes B.'];

export type ShownEvents = Readonly<Record<'onSale' | 'later' | 'soldOut' | 'cancelled', string>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A season of a house, in every state that an event can have. */
export async function createShownEvents(url: string): Promise<ShownEvents> {
  const at = (days: number, hours = 0) => new Date(Date.now() + days * DAY_MS + hours * HOUR_MS).toISOString();
  const evening = (days: number) => `${at(days).slice(0, 10)}T18:00:00Z`;
  const create = (title: string, venue: string, days: number, more: object) =>
    createEvent(url, { title, venue, startsAt: evening(days), timeZone: 'Europe/Berlin', ...more });
  const [onSale, soldOut, later, cancelled] = await Promise.all([
    create('Midsummer Night Concert', 'Waldbühne, Berlin', 34, {
      endsAt: evening(34).replace('18', '21'),
      capacity: 480,
      description:
        'Mendelssohn under open sky: the overture at dusk, the scherzo when the bats come out, and the nocturne by the light of four hundred lanterns.\n\nThe gates open two hours before. Bring a blanket; the stone keeps the warmth of the day, but not all of it.',
    }),
    create('Chamber Music by Candlelight', 'Konzerthaus, Kleiner Saal', 12, { capacity: 60 }),
    create('The Winter’s Tale', 'Schlosstheater', 61, { capacity: 900, salesOpenAt: at(0, 3) }),
    create('An Evening with the Jury', 'Literaturhaus', 20, { capacity: 120 }),
    create('Late Organ', 'Dom St. Petri', 8, { capacity: 220 }),
    create('Salt: A Dance in Three Parts', 'Kampnagel K6', 27, { capacity: 340 }),
  ]);
  const book = (eventId: string, quantity: number, times: number, user: string) =>
    Promise.all(
      Array.from({ length: times }, (_, i) => bookTicket(url, { eventId, quantity, userId: `${user}-${i}` })),
    );
  await book(soldOut, 10, 6, 'ben');
  await sell(url, onSale);
  await graphqlData(url, `mutation { cancelEvent(id: ${cancelled}, reason: "The author is ill.") { id } }`);
  return { onSale, soldOut, later, cancelled };
}

/** Faster and slower, as people come: so that there is a curve to see. */
async function sell(url: string, eventId: string): Promise<void> {
  for (let i = 0; i < 82; i++) {
    const holderName = BUYERS[i % BUYERS.length];
    await bookTicket(url, { eventId, quantity: 2 + (i % 5), userId: `buyer-${i}@example.com`, holderName });
    await new Promise((resolve) => setTimeout(resolve, 40 + 60 * (1 + Math.sin(i / 9))));
  }
}
