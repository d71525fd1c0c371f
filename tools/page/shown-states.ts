import type { Page } from 'playwright-core';
import type { ShownEvents } from './shown-events.ts';

export type Show = (page: Page, events: ShownEvents) => Promise<unknown>;

const heading = (page: Page, text: string) => page.getByRole('heading', { name: text }).waitFor();

/** How each state of the page is reached, one after the other. */
export const STATES: Readonly<Record<string, Show>> = {
  events: (page) => heading(page, 'What is on'),
  event: async (page, { onSale }) => {
    await page.goto(`/events/${onSale}`);
    await page.getByRole('button', { name: 'Reserve 2 places' }).waitFor();
  },
  busy: async (page) => {
    await page.route('/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Reserve' }).click();
    await page.locator('.waiting').waitFor();
  },
  held: async (page) => {
    await page.unroute('/graphql');
    await heading(page, '2 places are held');
  },
  pending: async (page) => {
    await page.getByRole('button', { name: 'Confirm 2 places' }).click();
    await heading(page, 'Issuing your tickets');
  },
  final: async (page) => {
    await heading(page, 'Your tickets are here');
    await page.waitForLoadState('networkidle');
  },
  door: async (page) => {
    await page.getByRole('button', { name: 'Show at the door' }).click();
    await page.getByText('1 of 2').last().waitFor();
  },
  tickets: async (page) => {
    await page.goto('/tickets');
    await page.getByText('Ready').first().waitFor();
  },
  booking: async (page) => {
    await page.getByRole('link', { name: 'Midsummer' }).first().click();
    await heading(page, 'Your tickets are here');
    await page.waitForLoadState('networkidle');
  },
  'opens-later': async (page, { later }) => {
    await page.goto(`/events/${later}`);
    await page.getByText('The sale opens in').waitFor();
  },
  'sold-out': async (page, { soldOut }) => {
    await page.goto(`/events/${soldOut}`);
    await page.getByText('Sold out').waitFor();
  },
  cancelled: async (page, { cancelled }) => {
    await page.goto(`/events/${cancelled}`);
    await page.getByText('The author is ill').waitFor();
  },
  'not-found': async (page) => {
    await page.goto('/nowhere');
    await heading(page, 'There is no such page');
  },
};
