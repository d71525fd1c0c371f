import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../src/tickets/ticket.entity.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { redemptionOf } from '../support/check-ins.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeCamera, fakeCamera } from '../support/fake-camera.ts';
import { qrPayloadOf, sellTickets } from '../support/tickets.ts';

let office: BoxOffice;
let browser: Browser;
let camera: FakeCamera;
let eventId: number;
let tickets: Ticket[];
const payloadOf = ({ code }: Ticket, of = eventId) => qrPayloadOf(office.container, of, code);

beforeAll(async () => {
  office = await openBoxOffice('embedded');
  ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 50, timeZone: 'Europe/Berlin' }));
  tickets = await sellTickets(office.container, eventId, 8);
  camera = await fakeCamera(await payloadOf(tickets[0] as Ticket));
  browser = await openBrowser(camera.args);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([office.close(), camera.remove()]);
});

/** What a phone that is held and heard would have of it: vibrations in milliseconds, tones in hertz. */
async function noteSignals(page: Page): Promise<() => Promise<{ vibrations: number[][]; tones: number[] }>> {
  await page.evaluate(`
    window.signals = { vibrations: [], tones: [] };
    navigator.vibrate = (pattern) => signals.vibrations.push(pattern);
    window.OscillatorNode = class extends OscillatorNode {
      start(at) {
        signals.tones.push(this.frequency.value);
        super.start(at);
      }
    };`);
  return () => page.evaluate('signals');
}

/** With another letter in the middle of its signature. */
const forged = (payload: string) => payload.replace(/.(?=.{40}$)/, (letter) => (letter === 'x' ? 'y' : 'x'));

const verdict = (page: Page, kind: 'welcome' | 'already' | 'refused') => page.locator(`.door-verdict.${kind}`);

/** As a hand scanner does: all at once, with Enter behind it, whatever has the focus. */
async function scan(page: Page, text: string): Promise<void> {
  await page.evaluate(`for (const key of [...${JSON.stringify(text)}, 'Enter']) {
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }`);
}

async function fits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

test('a ticket before the camera lets its holder in, once, and says so in colour, shape and words', async () => {
  const visitor = await Visitor.comes(browser, office.url, `/door/${eventId}`);
  const { page } = visitor;
  await page.getByRole('button', { name: 'Scan with the camera' }).waitFor();
  expect(await page.title()).toBe('Door: Concert · Box Office');
  await expectAccessible(page);
  const signals = await noteSignals(page);
  await page.getByRole('button', { name: 'Scan with the camera' }).click();
  await verdict(page, 'welcome').waitFor();
  expect(await signals()).toEqual({ vibrations: [[80]], tones: [660, 990] });
  expect(await page.getByRole('alert').innerText()).toMatch(/Come in\s+Place 1 of 8/);
  expect(await redemptionOf(office.container, tickets[0]?.id ?? 0)).toMatchObject({ redeemedOffline: false });
  await page.getByText('1 of 8 are in').waitFor();
  await verdict(page, 'welcome').waitFor({ state: 'detached' });

  const field = page.getByLabel('Code of the ticket');
  await field.fill((tickets[0]?.code ?? '').toLowerCase());
  await field.press('Enter');
  await verdict(page, 'already').waitFor();
  expect(await signals()).toMatchObject({ vibrations: [[80], [120, 80, 120]], tones: [660, 990, 520, 520] });
  expect(await page.getByRole('alert').innerText()).toMatch(/Already in\s+At \d\d:\d\d, at phone-/);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await verdict(page, 'already').waitFor({ state: 'detached' });
  await visitor.leaves();
});

test('who does not come in is told why, on the smallest phone too', async () => {
  const { id: other } = await office.container.createEvent({ title: 'Play', capacity: 5 });
  const viewport = { width: 320, height: 568 };
  const visitor = await Visitor.comes(browser, office.url, `/door/${eventId}`, { viewport, locale: 'de-DE' });
  const { page } = visitor;
  await page.getByText('sind drin').waitFor();
  await fits(page);
  for (const [text, why] of [
    ['nonsense-without-end', 'Dieses Ticket gibt es nicht.'],
    [forged(await payloadOf(tickets[1] as Ticket)), 'Das ist kein Ticket von uns.'],
    [await payloadOf(tickets[1] as Ticket, other), 'Es gilt für eine andere Veranstaltung.'],
  ] as const) {
    await scan(page, text);
    await verdict(page, 'refused').getByText(why).waitFor();
    await fits(page);
  }
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await page.getByRole('button', { name: 'Ändern' }).click();
  await page.getByLabel('Wie dieses Gerät heißt').fill('Tor 3');
  await page.keyboard.press('Enter');
  await scan(page, await payloadOf(tickets[1] as Ticket));
  await verdict(page, 'welcome').waitFor();
  expect(await redemptionOf(office.container, tickets[1]?.id ?? 0)).toMatchObject({ redeemedByDevice: 'Tor 3' });
  await visitor.leaves();
});

test('without a network the page opens, tells real tickets from others, and sends in later what it scanned', async () => {
  const { container } = office;
  const [, , good, taken] = tickets as [Ticket, Ticket, Ticket, Ticket];
  const visitor = await Visitor.comes(browser, office.url, `/door/${eventId}`, {
    mayReport: /ERR_INTERNET_DISCONNECTED|WebSocket/,
  });
  const { page, context } = visitor;
  await page.getByText('are in').waitFor();
  // Opened once, it is kept.
  await eventually(async () =>
    expect(
      await page.evaluate(
        `navigator.serviceWorker.controller !== null && caches.open('boxoffice-door').then(async (kept) => (await kept.keys()).some(({ url }) => url.includes('jsQR')))`,
      ),
    ).toBe(true),
  );
  await context.setOffline(true);
  await page.reload();
  await page.getByRole('heading', { name: 'Concert' }).waitFor();
  await container.checkIn({ eventId, code: taken.code, deviceId: 'gate-1', nonce: 'online' });

  await scan(page, forged(await payloadOf(good)));
  await verdict(page, 'refused').getByText('no ticket of ours').waitFor();
  await scan(page, await payloadOf(good, eventId + 1));
  await verdict(page, 'refused').getByText('for another event').waitFor();
  await scan(page, await payloadOf(good));
  await verdict(page, 'welcome').getByText('Checked on this device').waitFor();
  await expectAccessible(page);
  await scan(page, await payloadOf(good));
  await verdict(page, 'already').waitFor();
  await scan(page, await payloadOf(taken));
  await verdict(page, 'welcome').waitFor();
  await scan(page, good.code);
  await verdict(page, 'refused').getByText('cannot be checked without a network').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('2 scans wait to be sent').waitFor();
  // A flat battery loses nothing.
  await page.reload();
  await page.getByText('2 scans wait to be sent').waitFor();

  await context.setOffline(false);
  await page.getByText('1 scan in conflict').waitFor();
  expect(await page.getByRole('alert').innerText()).toMatch(/Somebody came in with it\. At \d\d:\d\d, at gate-1/);
  expect(await redemptionOf(container, good.id)).toMatchObject({ redeemedOffline: true });
  expect(await redemptionOf(container, taken.id)).toMatchObject({ redeemedByDevice: 'gate-1', redeemedOffline: false });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Seen' }).click();
  await page.getByText('in conflict').waitFor({ state: 'detached' });
  await visitor.leaves();
});

test('a scan whose answer got lost is sent in as itself, and is no conflict', async () => {
  const { container } = office;
  const lost = tickets[4] as Ticket;
  const visitor = await Visitor.comes(browser, office.url, `/door/${eventId}`, { mayReport: /ERR_FAILED/ });
  const { page } = visitor;
  await page.getByText('are in').waitFor();
  const keysAreKnown = `new Promise((known) => { indexedDB.open('boxoffice-door').onsuccess = ({ target }) => {
    target.result.transaction('doors').objectStore('doors').getKey('${eventId}').onsuccess = (got) => known(got.target.result);
  } })`;
  await eventually(async () => expect(await page.evaluate(keysAreKnown)).toBe(String(eventId)));
  await page.route('/graphql', async (route) => {
    if (route.request().postData()?.includes('mutation CheckIn(')) await route.fetch();
    await route.abort();
  });
  await scan(page, await payloadOf(lost));
  await verdict(page, 'welcome').getByText('Checked on this device').waitFor();
  expect(await redemptionOf(container, lost.id)).toMatchObject({ redeemedOffline: false });
  await page.getByText('1 scan waits to be sent').waitFor();
  await page.unroute('/graphql');
  await page.getByText('1 scan waits to be sent').waitFor({ state: 'detached' });
  expect(await page.getByText('in conflict').count()).toBe(0);
  await visitor.leaves();
});

test('the camera is allowed at the door and on no other page', async () => {
  for (const [path, allowed] of Object.entries({
    [`/door/${eventId}`]: 'camera=(self)',
    '/dashboard': 'camera=()',
    '/': 'camera=()',
  })) {
    const { headers } = await fetch(office.url + path, { headers: { accept: 'text/html' } });
    expect([path, headers.get('permissions-policy')]).toEqual([path, expect.stringContaining(allowed)]);
  }
});
