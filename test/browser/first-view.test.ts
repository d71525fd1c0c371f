import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { HOSTILE_TITLES } from '../support/hostile-titles.ts';
import { send } from '../support/http-client.ts';

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

  test('can be read without JavaScript, which it says that buying needs', async () => {
    const { id } = await office.container.createEvent({
      title: 'Midsummer Night',
      venue: 'Waldbühne',
      startsAt: new Date('2030-06-21T18:00:00Z'),
      timeZone: 'Europe/Berlin',
      capacity: 1_200,
    });
    const visitor = await Visitor.comes(browser, office.url, `/events/${id}`, { javaScriptEnabled: false });
    const text = await visitor.page.locator('main').innerText();
    for (const part of [
      'Midsummer Night',
      'Waldbühne',
      'Fri, 21 June 2030',
      '20:00',
      '1,200',
      'Buying needs JavaScript',
    ]) {
      expect(text).toContain(part);
    }
    expect(await visitor.page.getByRole('button').count()).toBe(0);
    expect(await visitor.page.title()).toBe('Midsummer Night · Box Office');
    await visitor.leaves();
  });

  test('is in the language of its reader', async () => {
    const { id } = await office.container.createEvent({ title: 'Konzert', capacity: 1_200 });
    const german = await Visitor.comes(browser, office.url, `/events/${id}`, { locale: 'de-DE' });
    await german.page.getByRole('button', { name: '2 Plätze reservieren' }).waitFor();
    expect(await german.page.locator('html').getAttribute('lang')).toBe('de-DE');
    expect(await german.page.locator('.places').innerText()).toMatch(/1\.200\s+Plätze frei/);
    await expectAccessible(german.page);
    await german.leaves();
    for (const language of ['xx', 'en"><script>', 'de-DE"onload=x', '', 'en-GB;q=0, de;q=0.1']) {
      const html = await (
        await fetch(`${office.url}/events/${id}`, { headers: { ...HTML, 'accept-language': language } })
      ).text();
      expect(html).toMatch(/<html lang="(en|de)(-[A-Z]{2})?">/);
    }
  });

  test('of one that does not exist says so, leads home, and is 404', async () => {
    for (const path of ['/events/999', '/nope', '/events/x', '/bookings']) {
      const response = await fetch(office.url + path, { headers: HTML });
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).toContain('There is no such page');
    }
  });
});

test('an event can be bought after one script and one style sheet, which are light', async () => {
  const { id } = await office.container.createEvent({ title: 'Concert', capacity: 5 });
  const visitor = await Visitor.comes(browser, office.url, '/livez');
  const { page } = visitor;
  const client = await visitor.context.newCDPSession(page);
  await client.send('Network.clearBrowserCache');
  const bytes: Record<string, number> = {};
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${request.resourceType()}`));
  page.on('requestfinished', async (request) => {
    const { responseBodySize } = await request.sizes();
    bytes[request.resourceType()] = (bytes[request.resourceType()] ?? 0) + responseBodySize;
  });
  await page.goto(`/events/${id}`);
  await page.getByRole('button', { name: 'Reserve 2 places' }).click();
  await page.getByRole('heading', { name: '2 places are held for you' }).waitFor();
  const untilReserved = asked.slice(0, asked.indexOf('POST fetch'));
  expect(untilReserved.toSorted()).toEqual(['GET document', 'GET script', 'GET stylesheet']);
  await eventually(() => 'script' in bytes && 'stylesheet' in bytes);
  expect(bytes['script']).toBeLessThan(60 * 1024);
  expect(bytes['stylesheet']).toBeLessThan(15 * 1024);
  await visitor.leaves();
});

test('HTML is asked for each time, its files are kept for ever, and nothing private is kept by anybody', async () => {
  const html = await fetch(office.url, { headers: HTML });
  expect(html.headers.get('cache-control')).toBe('no-cache');
  expect(html.headers.get('vary')).toBe('Accept, Accept-Language');
  expect(html.headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/);
  const [script] = /\/assets\/[\w.-]+\.js/.exec(await html.text()) ?? [];
  for (const [accepted, coding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['identity', undefined],
  ] as const) {
    const { headers } = await send(office.url, { path: script ?? '', headers: { 'accept-encoding': accepted } });
    expect([accepted, headers.get('content-encoding') ?? undefined]).toEqual([accepted, coding]);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('vary')).toBe('Accept-Encoding');
  }
  expect((await fetch(`${office.url}/assets/..%2fmanifest.json`)).status).toBe(404);
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
