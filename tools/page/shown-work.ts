import type { Page } from 'playwright-core';
import { graphqlData } from '../../test/support/graphql-client.ts';
import type { Show } from './shown-states.ts';

const TICKETS = `query ($eventId: ID!) {
  bookings(eventId: $eventId, status: FINALIZED, first: 1) { edges { node { tickets { qrPayload redeemedAt } } } }
}`;

interface Tickets {
  readonly bookings: {
    readonly edges: readonly { node: { tickets: readonly { qrPayload: string; redeemedAt: string | null }[] } }[];
  };
}

/** How the pages of those who work here are reached, one after the other. */
export const STATES_AT_WORK: Readonly<Record<string, Show>> = {
  dashboard: async (page) => {
    await page.goto('/dashboard');
    await page.getByText('Midsummer').waitFor();
  },
  desk: async (page, { onSale }) => {
    await page.goto(`/dashboard/events/${onSale}`);
    await page.locator('.desk-list li').first().waitFor();
    await page.locator('.desk-chart canvas').first().waitFor();
  },
  'desk-edit': async (page) => {
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'desk-cancel': async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Cancel the event' }).click();
    await page.getByText('Cancelled with it').waitFor();
  },
  scanner: async (page, { onSale }) => {
    await page.goto(`/door/${onSale}`);
    await page.getByText('are in').waitFor();
  },
  'scanner-green': async (page, { onSale }) => {
    const { bookings } = await graphqlData<Tickets>(new URL(page.url()).origin, TICKETS, { eventId: onSale });
    const unused = bookings.edges[0]?.node.tickets.find(({ redeemedAt }) => redeemedAt === null);
    await scan(page, unused?.qrPayload ?? '');
    await page.locator('.door-verdict.welcome').waitFor();
  },
  'scanner-amber': async (page, { onSale }) => {
    const { bookings } = await graphqlData<Tickets>(new URL(page.url()).origin, TICKETS, { eventId: onSale });
    const used = bookings.edges[0]?.node.tickets.find(({ redeemedAt }) => redeemedAt !== null);
    await scan(page, used?.qrPayload ?? '');
    await page.locator('.door-verdict.already').waitFor();
  },
  'scanner-red': async (page) => {
    await scan(page, 'made-up-by-somebody');
    await page.locator('.door-verdict.refused').waitFor();
  },
};

/** As a hand scanner types. */
async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}
