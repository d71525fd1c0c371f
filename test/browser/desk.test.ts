import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

let office: BoxOffice;
let browser: Browser;
beforeAll(async () => {
  [office, browser] = await Promise.all([openBoxOffice('embedded'), openBrowser()]);
});
afterAll(() => Promise.all([office.close(), browser.close()]));

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const tile = (page: Page, name: string) => page.locator('.desk-tile', { hasText: name }).locator('dd');
const rows = (page: Page) => page.locator('.desk-list li');

async function book(eventId: number, userId: string, quantity: number) {
  return bookingOf(await office.container.bookTicket({ eventId, userId, quantity }));
}

async function fits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

/** With the keyboard alone, in the order of the form. */
async function createByKeyboard(page: Page): Promise<void> {
  await button(page, 'New event').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('Night Concert');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Music Hall');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Begins').fill('2030-07-01T20:00');
  await page.getByLabel('Capacity').fill('10');
  await page.getByLabel('Capacity').press('Enter');
}

test("an organizer's day: create, watch, search, edit against others, close, cancel", async () => {
  const { container } = office;
  const visitor = await Visitor.comes(browser, office.url, '/dashboard');
  const { page } = visitor;
  await page.getByText('There is no event yet').waitFor();
  await button(page, 'New event').click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await createByKeyboard(page);
  await page.waitForURL('/dashboard/events/1');
  await page.getByRole('heading', { name: 'Night Concert' }).waitFor();
  expect(await container.events.find(1)).toMatchObject({
    venue: 'Music Hall',
    capacity: 10,
    timeZone: 'Europe/Berlin',
    startsAt: new Date('2030-07-01T18:00:00Z'),
  });
  await page.getByText('Nothing is booked yet').waitFor();

  // It is seen as it sells.
  const first = await book(1, 'ada', 3);
  await eventually(async () => expect(await tile(page, 'Final').innerText()).toBe('3'));
  await rows(page).getByText(first.reference).waitFor();
  await page.reload();
  await book(1, 'grace', 2);
  await eventually(async () => expect(await tile(page, 'Left').innerText()).toBe('5'));
  await page.locator('.desk-chart canvas').first().waitFor();
  await page.getByText('As a table').click();
  await eventually(async () => expect(await page.locator('.desk tbody tr').last().innerText()).toMatch(/\b5\b/));
  await eventually(async () => expect(await rows(page).count()).toBe(2));
  await expectAccessible(page);

  // Who reads is not disturbed.
  await button(page, 'Pause').click();
  await book(1, 'zoe', 1);
  await page.getByText(/changes? waits?/).waitFor();
  expect(await rows(page).count()).toBe(2);
  await button(page, 'Go on').click();
  await eventually(async () => expect(await rows(page).count()).toBe(3));

  const search = page.getByRole('textbox', { name: 'Reference or user' });
  await search.fill(`${first.reference.slice(0, 8).toLowerCase()} ${first.reference.slice(8)}`);
  await search.press('Enter');
  await page.getByText('1 booking found').waitFor();
  expect(await rows(page).innerText()).toContain('ada');
  await search.fill('grace');
  await search.press('Enter');
  await eventually(async () => expect(await rows(page).allInnerTexts()).toEqual([expect.stringContaining('grace')]));
  await expectAccessible(page);
  await button(page, 'Show all').click();

  // Somebody else edits the same event.
  await button(page, 'Edit').click();
  await container.updateEvent(1, 1, { venue: 'Old Library' });
  await page.getByLabel('Title').fill('Late Concert');
  await button(page, 'Save').click();
  await page.getByRole('alert').getByText('Venue: Old Library').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Capacity').fill('4');
  await button(page, 'Save').click();
  await page.getByRole('alert').getByText('6 places are booked, so the capacity cannot be 4').waitFor();
  await button(page, 'Set it to 6').click();
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Late Concert' }).waitFor();
  expect(await container.events.find(1)).toMatchObject({ title: 'Late Concert', venue: 'Old Library', capacity: 6 });
  await eventually(async () => expect(await tile(page, 'Left').innerText()).toBe('0'));

  await button(page, 'Close the sale').click();
  await page.getByText('The sale is closed.').waitFor();
  await button(page, 'Open the sale again').click();
  await page.getByText('The sale is open.').waitFor();

  await button(page, 'Cancel the event').click();
  await page.getByText('Cancelled with it: 3 bookings with 6 places.').waitFor();
  await page.getByLabel('Reason').fill('rain');
  await button(page, 'Go on').click();
  await page.getByRole('heading', { name: 'Cancel “Late Concert” for good?' }).waitFor();
  expect(await container.events.find(1)).toMatchObject({ status: 'ON_SALE' });
  await expectAccessible(page);
  await button(page, 'Cancel the event and 3 bookings').click();
  await page.getByText('Cancelled: rain').waitFor();
  await eventually(async () => expect(await rows(page).getByText('Cancelled').count()).toBe(3));
  await expectAccessible(page);
  await visitor.leaves();
});

test('it stays in a window of 320 px, and of many bookings only those in sight are there', async () => {
  const { id } = await office.container.createEvent({
    title: 'Donaudampfschifffahrtsgesellschaftskapitänsball',
    capacity: 900,
  });
  await rush(300, (i) => book(id, `a-buyer-with-a-long-name-${i}@example.com`, 1));
  const viewport = { width: 320, height: 700 };
  const visitor = await Visitor.comes(browser, office.url, `/dashboard/events/${id}`, { viewport, locale: 'de-DE' });
  const { page } = visitor;
  await rows(page).first().waitFor();
  await fits(page);
  // A page of a hundred at a time, as somebody scrolls.
  await eventually(async () => {
    await page.evaluate("document.querySelector('.desk-list').scrollTop = 1e9");
    expect(await rows(page).last().getAttribute('aria-posinset')).toBe('300');
  });
  expect(await rows(page).count()).toBeLessThan(40);
  await button(page, 'Bearbeiten').click();
  await fits(page);
  await page.goto('/dashboard');
  await page.getByRole('heading', { name: 'Übersicht' }).waitFor();
  await fits(page);
  await expectAccessible(page);
  await visitor.leaves();
});

test('with tokens the desk is for organizers and the door for staff, and both say so to others', async () => {
  const strict = await openBoxOffice('embedded', { env: JWT_ENV, worker: false });
  const { id } = await strict.container.createEvent({ title: 'Concert', capacity: 5 });
  const visitor = await Visitor.comes(browser, strict.url, `/door/${id}`);
  const { page } = visitor;
  const signIn = async (role: 'organizer' | 'staff') => {
    const { authorization = '' } = await bearer('4', { role });
    await page.getByLabel('Token').fill(authorization.replace('Bearer ', ''));
    await page.keyboard.press('Enter');
  };
  await page.getByRole('heading', { name: 'For the people at the door' }).waitFor();
  await expectAccessible(page);
  await signIn('staff');
  await page.getByText('0 of 0 are in').waitFor();
  await page.goto(`/dashboard/events/${id}`);
  await page.getByRole('heading', { name: 'For organizers' }).waitFor();
  await expectAccessible(page);
  await signIn('organizer');
  await page.getByRole('heading', { name: 'Concert' }).waitFor();
  await visitor.leaves();
  await strict.close();
});

test('what happened while the socket was gone is there when it is back', async () => {
  const { id } = await office.container.createEvent({ title: 'Play', capacity: 50 });
  const visitor = await Visitor.comes(browser, office.url, '/dashboard');
  const { page } = visitor;
  const sockets = new Set<WebSocketRoute>();
  let isGone = false;
  await page.routeWebSocket(/graphql/, (socket) => {
    if (isGone) return void socket.close({ code: 1013 });
    socket.connectToServer();
    sockets.add(socket);
  });
  await page.goto(`/dashboard/events/${id}`);
  await book(id, 'before', 2);
  await rows(page).getByText('before').waitFor();
  isGone = true;
  for (const socket of sockets) await socket.close({ code: 1013 });
  await page.getByText('Reconnecting').waitFor();
  await book(id, 'meanwhile', 3);
  isGone = false;
  await rows(page).getByText('meanwhile').waitFor();
  await eventually(async () => expect(await tile(page, 'Final').innerText()).toBe('5'));
  await page.getByText('As a table').click();
  await eventually(async () => expect(await page.locator('.desk tbody tr').last().innerText()).toMatch(/\b5\b/));
  await visitor.leaves();
});
