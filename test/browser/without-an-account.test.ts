import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { hold } from '../support/holds.ts';
import { JWT_ENV, token } from '../support/tokens.ts';

let office: BoxOffice;
let browser: Browser;
beforeAll(async () => {
  [office, browser] = await Promise.all([openBoxOffice('embedded', { env: JWT_ENV }), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await office.close();
});

test('with AUTH_MODE=jwt the page shows what anybody may see, and sells to whoever signs in', async () => {
  const event = await office.container.createEvent({ title: 'Concert', capacity: 50 });
  const others = await hold(office.container, event.id);
  const visitor = await Visitor.comes(browser, office.url, `/events/${event.id}`);
  const { page } = visitor;
  await page.getByText('places left').waitFor();
  await page.getByRole('heading', { name: 'Sign in to buy' }).waitFor();
  await expectAccessible(page);

  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('That is no token').waitFor();
  await page.getByLabel('Token').fill(await token('zoe'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Reserve 2 places' }).click();
  await page.getByRole('button', { name: 'Confirm 2 places' }).click();
  await page.getByRole('heading', { name: 'Your tickets are here' }).waitFor();

  await page.getByRole('link', { name: 'My tickets' }).click();
  await page.getByText('Ready').waitFor();
  expect(await page.getByRole('link', { name: 'Concert' }).count()).toBe(1);
  await page.goto(`/bookings/${others.id}`);
  await page.getByText('There is no such booking, or it is not yours').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await visitor.leaves();
});

test('a site that signs its users in itself hands their token over, also in another tab', async () => {
  const event = await office.container.createEvent({ title: 'Concert', capacity: 50 });
  const visitor = await Visitor.comes(browser, office.url, `/events/${event.id}`);
  await visitor.page.getByRole('heading', { name: 'Sign in to buy' }).waitFor();
  const tab = await visitor.context.newPage();
  await tab.goto(`${office.url}/livez`);
  await tab.evaluate(`localStorage.setItem('boxoffice.token', '${await token('zoe')}')`);
  await visitor.page.getByRole('button', { name: 'Reserve 2 places' }).waitFor();
  await visitor.leaves();
});
