import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, type VisitOptions, Visitor } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';

const issuer = new GatedIssuer();
let office: BoxOffice;
let browser: Browser;
beforeAll(async () => {
  [office, browser] = await Promise.all([
    openBoxOffice('embedded', { overrides: { issuer }, env: { FINALIZE_ATTEMPTS: '1' } }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await office.close();
});

const createEvent = (more: object = {}) => office.container.createEvent({ title: 'Concert', capacity: 50, ...more });
const visit = (path: string, options?: VisitOptions) => Visitor.comes(browser, office.url, path, options);
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).waitFor();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function bookingsOf(eventId: number): Promise<readonly Booking[]> {
  return (await office.container.bookings.page({ eventId }, { before: null, size: 100 })).items;
}

describe('a purchase', () => {
  test('is made by keyboard alone, with nothing that axe finds, and goes on after a reload in every state', async () => {
    const event = await createEvent({ maxPerUser: 4, description: 'One.\n\nTwo.', startsAt: new Date('2030-06-01') });
    issuer.close();
    // In a rush pictures come after bookings.
    const visitor = await visit(`/events/${event.id}`, { mayReport: /503/ });
    const { page } = visitor;
    await pressUntilFocused(page, 'One more', 'Tab');
    await page.keyboard.press('Enter');
    await expectAccessible(page);
    await page.keyboard.press('Tab');
    await page.keyboard.type('Zoë');
    await pressUntilFocused(page, 'Reserve 3 places', 'Tab');
    await page.keyboard.press('Enter');
    await heading(page, '3 places are held for you');
    await expectAccessible(page);
    expect(await page.getByRole('timer').textContent()).toMatch(/^(10:00|9:5\d)$/);

    await page.reload();
    await heading(page, '3 places are held for you');
    await pressUntilFocused(page, 'Confirm 3 places', 'Tab');
    await page.keyboard.press('Enter');
    await heading(page, 'Issuing your tickets');
    await expectAccessible(page);

    await page.reload();
    await heading(page, 'Issuing your tickets');
    issuer.open();
    await heading(page, 'Your tickets are here');
    const [booking] = await bookingsOf(event.id);
    expect(booking).toMatchObject({ status: 'FINALIZED', quantity: 3, holderName: 'Zoë' });
    await expectAccessible(page);
    await pressUntilFocused(page, 'Show at the door', 'Tab');
    await page.keyboard.press('Enter');
    await expectAccessible(page);
    await page.keyboard.press('Escape');

    await page.reload();
    await heading(page, 'Your tickets are here');
    for (const picture of await page.getByRole('img', { name: /^QR code/ }).all()) {
      await eventually(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth > 0));
    }
    await pressUntilFocused(page, 'Open the booking', 'Tab');
    await page.keyboard.press('Enter');
    await heading(page, 'Concert');
    await expectAccessible(page);
    await button(page, 'Cancel the booking').click();
    await button(page, 'Yes, give back').click();
    await heading(page, 'Cancelled');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'My tickets' }).click();
    await page.getByRole('link', { name: 'Concert' }).waitFor();
    await expectAccessible(page);
    await visitor.leaves();
  });

  test('of the last place is one of two: the other sees at once that it is gone', async () => {
    const event = await createEvent({ capacity: 1 });
    const [anna, ben] = await Promise.all([visit(`/events/${event.id}`), visit(`/events/${event.id}`)]);
    const buttons = await Promise.all([anna, ben].map(({ page }) => button(page, 'Reserve 1 place').elementHandle()));
    // Not as a person would, who would see in between that it is gone.
    await Promise.all(buttons.map((one) => one?.evaluate((element: { click(): void }) => element.click())));
    const ended = await Promise.all([anna, ben].map(({ page }) => outcome(page)));
    expect(ended.sort()).toEqual(['held', 'sold out']);
    expect(await bookingsOf(event.id)).toHaveLength(1);
    const winner = ended[0] === (await outcome(anna.page)) ? anna : ben;
    const carol = await visit(`/events/${event.id}`);
    await carol.page.getByText('Sold out').waitFor();
    await expectAccessible(carol.page);
    await button(winner.page, 'Give back').click();
    await button(winner.page, 'Yes, give back').click();
    await button(carol.page, 'Reserve 1 place').waitFor();
    await Promise.all([anna, ben, carol].map((visitor) => visitor.leaves()));
  });

  test('fits a phone that is 320 pixels wide, has targets for a thumb, and stretches no line on a wall', async () => {
    const event = await createEvent({
      title: `Donau${'dampfschifffahrts'.repeat(6)}`,
      description: 'word '.repeat(500),
    });
    const visitor = await visit('/');
    const { page } = visitor;
    const check = async () => {
      for (const width of [320, 2_560]) {
        await page.setViewportSize({ width, height: 800 });
        expect([page.url(), width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          page.url(),
          width,
          width,
        ]);
        expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
      }
    };
    await check();
    await page.goto(`/events/${event.id}`);
    await check();
    expect((await page.locator('.about p').boundingBox())?.width).toBeLessThan(700);
    await button(page, 'Reserve 2 places').click();
    await heading(page, '2 places are held for you');
    await check();
    await button(page, 'Confirm 2 places').click();
    await heading(page, 'Your tickets are here');
    await check();
    await page.getByRole('link', { name: 'Open the booking' }).click();
    await heading(page, /^Donau/);
    await check();
    await page.getByRole('link', { name: 'My tickets' }).click();
    await page.getByText('Ready').first().waitFor();
    await check();
    await visitor.leaves();
  });

  test('by a double click is one booking', async () => {
    const event = await createEvent();
    const visitor = await visit(`/events/${event.id}`);
    await button(visitor.page, 'Reserve 2 places').dblclick();
    await heading(visitor.page, '2 places are held for you');
    expect(await bookingsOf(event.id)).toHaveLength(1);
    await visitor.leaves();
  });

  test('that was not confirmed in time says so, and that nothing is owed, and can be begun again', async () => {
    const event = await createEvent({ maxHoldSeconds: 1 });
    const visitor = await visit(`/events/${event.id}`);
    await button(visitor.page, 'Reserve 2 places').click();
    await heading(visitor.page, 'Time over');
    await visitor.page.getByText('Nothing is owed').waitFor();
    await expectAccessible(visitor.page);
    await visitor.page.reload();
    await button(visitor.page, 'Start again').click();
    await button(visitor.page, 'Reserve 2 places').click();
    await eventually(async () => expect(await bookingsOf(event.id)).toHaveLength(2));
    await visitor.leaves();
  });

  test('of more than are left is offered those', async () => {
    const event = await createEvent({ capacity: 2 });
    const visitor = await visit(`/events/${event.id}`);
    for (let times = 0; times < 2; times++) await button(visitor.page, 'One more').click();
    await button(visitor.page, 'Reserve 4 places').click();
    await visitor.page.getByText('2 left, you asked for 4.').first().waitFor();
    await expectAccessible(visitor.page);
    await button(visitor.page, 'Take 2 places').click();
    await heading(visitor.page, '2 places are held for you');
    await visitor.leaves();
  });

  test('whose tickets cannot be issued says so, and that nothing is owed', async () => {
    const event = await createEvent({ maxHoldSeconds: 0 });
    issuer.failNext(1);
    const visitor = await visit(`/events/${event.id}`);
    await button(visitor.page, 'Reserve 2 places').click();
    await heading(visitor.page, 'Not issued');
    await visitor.page.getByText('Nothing is owed').waitFor();
    await expectAccessible(visitor.page);
    await visitor.leaves();
  });

  test('of an event that is cancelled meanwhile says so and why', async () => {
    const event = await createEvent({ maxHoldSeconds: 0 });
    issuer.close();
    const visitor = await visit(`/events/${event.id}`);
    await button(visitor.page, 'Reserve 2 places').click();
    await heading(visitor.page, 'Issuing your tickets');
    await office.container.cancelEvent(event.id, 'The hall is flooded');
    await heading(visitor.page, 'Cancelled');
    await visitor.page.getByText('The hall is flooded').waitFor();
    await expectAccessible(visitor.page);
    issuer.open();
    await visitor.leaves();
  });
});

describe('a wish', () => {
  test('is sent again with the same key by itself, however often nobody answers, and is one booking', async () => {
    const event = await createEvent();
    const visitor = await visit(`/events/${event.id}`, { mayReport: /ERR_FAILED/ });
    const keys: string[] = [];
    const answers = ['lost on the way', 'lost on the way back', 'busy', 'given'];
    await visitor.page.route('/graphql', async (route) => {
      const { query, variables } = route.request().postDataJSON();
      if (!query.includes('bookTicket')) return route.continue();
      keys.push(variables.input.idempotencyKey);
      const what = answers[keys.length - 1];
      if (what === 'lost on the way') return route.abort();
      if (what === 'busy') return route.fulfill({ json: { data: { bookTicket: BUSY } } });
      const response = await route.fetch();
      return what === 'given' ? route.fulfill({ response }) : route.abort();
    });
    await button(visitor.page, 'Reserve 2 places').click();
    for (let failed = 1; failed < answers.length; failed++) {
      await eventually(() => keys.length >= failed);
      await visitor.page.getByText('Trying again').first().waitFor();
      if (failed === 1) await expectAccessible(visitor.page);
      // As when the network comes back: sooner than a person would wait here.
      await visitor.page.evaluate("dispatchEvent(new Event('online'))");
    }
    await heading(visitor.page, '2 places are held for you');
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(answers.length);
    expect(await bookingsOf(event.id)).toHaveLength(1);
    await visitor.leaves();
  });

  test('outlasts a reload while it is asked for', async () => {
    const event = await createEvent();
    const visitor = await visit(`/events/${event.id}`);
    const keys: string[] = [];
    await visitor.page.route('/graphql', async (route) => {
      const { query, variables } = route.request().postDataJSON();
      if (!query.includes('bookTicket')) return route.continue();
      keys.push(variables.input.idempotencyKey);
      // The first is never answered.
      if (keys.length > 1) await route.continue();
      else await route.fetch();
    });
    await button(visitor.page, 'Reserve 2 places').click();
    await button(visitor.page, 'Still asking').waitFor();
    await expectAccessible(visitor.page);
    await visitor.page.reload();
    await heading(visitor.page, '2 places are held for you');
    expect(new Set(keys)).toEqual(new Set([keys[1]]));
    expect(await bookingsOf(event.id)).toHaveLength(1);
    await visitor.leaves();
  });

  test('can be stopped', async () => {
    const event = await createEvent();
    const visitor = await visit(`/events/${event.id}`, { mayReport: /ERR_FAILED/ });
    await visitor.page.route('/graphql', (route) => route.abort());
    await button(visitor.page, 'Reserve 2 places').click();
    await button(visitor.page, 'Stop').click();
    await button(visitor.page, 'Reserve 2 places').waitFor();
    await visitor.page.unroute('/graphql');
    await visitor.page.reload();
    await button(visitor.page, 'Reserve 2 places').waitFor();
    expect(await bookingsOf(event.id)).toHaveLength(0);
    await visitor.leaves();
  });

  test.each([
    ['LIMIT_REACHED', { maxPerUser: 1, maxPerBooking: 5 }, 'You have as many places as one person can have'],
    ['NOT_ON_SALE', {}, 'not on sale at present'],
  ] as const)('that is refused with %s is told why', async (code, more, sentence) => {
    const event = await createEvent(more);
    const visitor = await visit(`/events/${event.id}`);
    await visitor.page.route('/graphql', async (route) => {
      if (!route.request().postDataJSON().query.includes('bookTicket')) return route.continue();
      const refused = { ...BUSY, code, retryable: false, retryAfterMs: null };
      return route.fulfill({ json: { data: { bookTicket: refused } } });
    });
    await button(visitor.page, /^Reserve/).click();
    await visitor.page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    await visitor.leaves();
  });
});

describe('a waiting list', () => {
  test('is joined by who comes too late, counts who is before them, and turns into a hold by itself', async () => {
    const event = await createEvent({ capacity: 2 });
    const book = (userId: string) => office.container.bookTicket({ eventId: event.id, userId, quantity: 1 });
    const [booked] = [await book('ben'), await book('carol')];
    await office.container.joinWaitingList({ eventId: event.id, userId: 'dora', quantity: 2 });
    const visitor = await visit(`/events/${event.id}`);
    const { page } = visitor;
    await page.getByText('Sold out').waitFor();
    await button(page, 'One fewer').click();
    await button(page, 'Wait for 1 place').click();
    await page.getByText('person is before you').waitFor();
    await expectAccessible(page);

    await page.reload();
    await page.getByText('person is before you').waitFor();
    // Dora wants two, and stays before them.
    if (booked?.kind === 'booked') await office.container.cancelBooking(booked.booking.id);
    await heading(page, '1 place is held for you');
    await page.reload();
    await button(page, 'Confirm 1 place').click();
    await heading(page, 'Your ticket is here');
    await visitor.leaves();
  });

  test('is left again', async () => {
    const event = await createEvent({ capacity: 1 });
    await office.container.bookTicket({ eventId: event.id, userId: 'ben' });
    const visitor = await visit(`/events/${event.id}`);
    await button(visitor.page, 'Wait for 2 places').click();
    await visitor.page.getByText('You are next').first().waitFor();
    await button(visitor.page, 'Leave the list').click();
    await button(visitor.page, 'Wait for 2 places').waitFor();
    await visitor.leaves();
  });
});

describe('a sale that opens later', () => {
  test('opens by itself, by the clock of the server and not that of the phone', async () => {
    const salesOpenAt = new Date(Date.now() + 4_000);
    const event = await createEvent({ salesOpenAt });
    const visitor = await visit('/');
    // A quarter of an hour slow.
    await visitor.page.addInitScript('const now = Date.now; Date.now = () => now() - 900_000;');
    await visitor.page.goto(`/events/${event.id}`);
    await visitor.page.getByText('The sale opens in').waitFor();
    await expectAccessible(visitor.page);
    const calendar = await visitor.page.getByRole('link', { name: 'Remind me by calendar' }).getAttribute('href');
    expect(decodeURIComponent(calendar ?? '')).toContain(
      `DTSTART:${salesOpenAt.toISOString().replace(/[-:]|\.\d+/g, '')}`,
    );
    await button(visitor.page, 'Reserve 2 places').click();
    await heading(visitor.page, '2 places are held for you');
    expect(Date.now()).toBeGreaterThanOrEqual(salesOpenAt.getTime());
    await visitor.leaves();
  });
});

/** All but links within a sentence. */
const SMALL_TARGETS = `[...document.querySelectorAll('button, input, summary, a')]
  .filter((target) => target.checkVisibility() && !target.matches('.skip, p a'))
  .filter((target) => target.getBoundingClientRect().height < 44)
  .map((target) => target.outerHTML)`;

const BUSY = {
  __typename: 'BookingRefused',
  code: 'BUSY',
  retryable: true,
  retryAfterMs: 3_000,
  availableCount: null,
};

async function outcome(page: Page): Promise<'held' | 'sold out'> {
  return Promise.race([
    heading(page, '1 place is held for you').then(() => 'held' as const),
    page
      .getByText('Sold out')
      .waitFor()
      .then(() => 'sold out' as const),
  ]);
}

async function pressUntilFocused(page: Page, name: string, key: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    const focused = await page.evaluate(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    );
    if (focused === name) return;
    await page.keyboard.press(key);
  }
  throw new Error(`"${name}" cannot be reached by ${key}`);
}
