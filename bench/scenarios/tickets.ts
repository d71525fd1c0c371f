import { eventually } from '../../test/support/eventually.ts';
import { bookTicket, createEvent, graphqlData } from '../../test/support/graphql-client.ts';
import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { type Figure, throughputFigures } from '../figure.ts';
import { GRAPHQL } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import type { Contestant } from '../side-by-side.ts';
import { createEndlessEvent, type Installation, withInstallations } from '../stage/installation.ts';

/** As many as may wait. */
const AT_ONCE = 64;

/** What a sale loses while people open their tickets: 64 of them at any time, each a page of its own. */
export const tickets: Scenario = {
  name: 'tickets',
  run: (bench) =>
    withInstallations(bench.services, {}, async (installations) => {
      const figures: Figure[] = [];
      for (const installation of installations) figures.push(...(await compareWithTickets(bench, installation)));
      return figures;
    }),
};

async function compareWithTickets(bench: Bench, installation: Installation): Promise<Figure[]> {
  const { url, setup } = installation;
  const eventId = await createEndlessEvent(url);
  const urls = await ticketsOf(url);
  const load = { api: GRAPHQL, connections: 64, seconds: bench.seconds };
  const alone = () => measureBookings(bench, installation, [eventId], load);
  const contestants: Contestant[] = [
    { name: setup, measure: alone },
    { name: `${setup}, ${AT_ONCE} PDFs at once`, measure: () => whileAskedFor(bench, urls, alone) },
  ];
  const title = 'one hot event, GraphQL, 64 connections, while tickets are opened';
  return throughputFigures('tickets', title, await compareThroughput(bench, title, contestants));
}

/** Each is asked for again as soon as it is there, or was refused. */
async function whileAskedFor<T>({ print }: Bench, urls: readonly string[], measure: () => Promise<T>): Promise<T> {
  let measuring = true;
  const answers: number[] = [];
  const askers = urls.map(async (url) => {
    while (measuring) {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      answers.push(answer.status);
    }
  });
  try {
    return await measure();
  } finally {
    measuring = false;
    await Promise.all(askers);
    const pages = answers.filter((status) => status === 200).length;
    print(`      meanwhile ${pages} pages; ${answers.length - pages} askers were told to come again`);
  }
}

/** @returns the addresses of as many PDFs */
async function ticketsOf(url: string): Promise<string[]> {
  const eventId = await createEvent(url, {
    title: 'Ночь музыки · Νύχτα μουσικής · 夜の音楽',
    capacity: AT_ONCE,
    maxPerBooking: AT_ONCE,
    venue: 'Philharmonie',
    startsAt: '2027-05-14T18:00:00Z',
  });
  const booked = await bookTicket(url, { eventId, userId: 'holder', quantity: AT_ONCE });
  const query = 'query ($id: ID!) { booking(id: $id) { tickets { pdfUrl } } }';
  const id = 'id' in booked ? booked.id : null;
  return eventually(async () => {
    const { booking } = await graphqlData<{ booking: { tickets: { pdfUrl: string }[] } }>(url, query, { id });
    if (booking.tickets.length < AT_ONCE) throw new Error('the tickets are not there yet');
    return booking.tickets.map(({ pdfUrl }) => url + pdfUrl);
  });
}
