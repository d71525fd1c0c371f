import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { HOSTILE_TITLES } from '../support/hostile-titles.ts';

const HTML = { accept: 'text/html' };
const { 'control characters': _refused, ...hostile } = HOSTILE_TITLES;
const TITLES = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<!--<script>',
  ...Object.values(hostile),
];

let office: BoxOffice;
let browser: Browser;
beforeAll(async () => {
  [office, browser] = await Promise.all([openBoxOffice('embedded'), openBrowser()]);
});
afterAll(() => Promise.all([office.close(), browser.close()]));

describe('the HTML of an event', () => {
  test('shows its title as it is, whatever stands in it', async () => {
    const visitor = await Visitor.comes(browser, office.url, '/', { javaScriptEnabled: false });
    for (const asked of TITLES) {
      const { id, title } = await office.container.createEvent({ title: asked, capacity: 5 });
      await visitor.page.goto(`/events/${id}`);
      expect(await visitor.page.locator('h1').textContent()).toBe(title);
    }
    await visitor.leaves();
  });

  test('of one that does not exist says so, leads home, and is 404', async () => {
    for (const path of ['/events/999', '/nope', '/events/x', '/bookings']) {
      const response = await fetch(office.url + path, { headers: HTML });
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).toContain('There is no such page');
    }
  });
});

test('a program gets the links of the service at /, each of which leads somewhere', async () => {
  const response = await fetch(office.url);
  expect(response.headers.get('vary')).toContain('Accept');
  const { links } = (await response.json()) as { links: Record<string, string> };
  for (const path of Object.values(links)) {
    const { status } = await fetch(office.url + path, { headers: { 'apollo-require-preflight': '1' } });
    expect([path, status]).not.toEqual([path, 404]);
  }
});

test('the list of events is accessible and stays as it was when its script has run', async () => {
  const { id } = await office.container.createEvent({ title: 'Concert', capacity: 5 });
  const visitor = await Visitor.comes(browser, office.url, '/');
  await visitor.page.locator(`a[href="/events/${id}"]`).click();
  await visitor.page.waitForURL(`/events/${id}`);
  await expectAccessible(visitor.page);
  await visitor.page.goBack();
  await visitor.page.locator(`a[href="/events/${id}"]`).waitFor();
  await expectAccessible(visitor.page);
  await visitor.leaves();
});

test('WEB=off serves no page', async () => {
  const without = await openBoxOffice('embedded', { env: { WEB: 'off' }, worker: false });
  const event = await without.container.createEvent({ title: 'Concert', capacity: 5 });
  const home = await fetch(without.url, { headers: HTML });
  expect(await home.json()).toMatchObject({ links: { graphql: '/graphql' } });
  for (const path of [`/events/${event.id}`, '/tickets', '/nope']) {
    const response = await fetch(without.url + path, { headers: HTML });
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      404,
      'application/problem+json; charset=utf-8',
    ]);
  }
  await without.close();
});
