import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { startBoxOffice } from '../support/boxoffice-process.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { freePort } from '../support/services/server-process.ts';
import { createSetup } from '../support/setups.ts';

/** What a browser says by itself of a host that it cannot reach. */
const UNREACHABLE = /net::ERR_/;
const RECONNECTING = 'Reconnecting. What you see may be a moment old.';

let browser: Browser;
let redis: RedisServer;
let office: BoxOffice;
beforeAll(async () => {
  [browser, redis] = await Promise.all([openBrowser(), startRedisServer()]);
  const env = { SWEEP_INTERVAL_MS: '200', SWEEP_AGE_MS: '200', LOG_LEVEL: 'silent' };
  office = await openBoxOffice('sqlite + redis', { redisUrl: redis.url, env });
});
afterAll(async () => {
  await browser.close();
  await office.close();
  await redis.remove();
});

async function open(url: string) {
  const eventId = await createEvent(url, { capacity: 50 });
  const visitor = await Visitor.comes(browser, url, `/events/${eventId}`, { mayReport: UNREACHABLE });
  return { eventId, visitor, page: visitor.page };
}
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();

test('a server that is killed and comes back is one quiet line, in which nothing jumps', async () => {
  const setup = await createSetup('embedded');
  const env = { ...setup.env, PORT: `${await freePort()}` };
  const killed = await startBoxOffice('serve', env);
  const { visitor, page } = await open(killed.url);
  await press(page, 'Reserve 2 places');
  await heading(page, '2 places are held for you');
  const confirm = page.getByRole('button', { name: 'Confirm 2 places' });
  const place = await confirm.boundingBox();
  await killed.kill();
  await page.getByText(RECONNECTING).waitFor();
  expect(await confirm.boundingBox()).toEqual(place);
  await confirm.click();
  await page.getByText('No network. Trying again').first().waitFor();
  const restarted = await startBoxOffice('serve', env);
  await heading(page, 'Your tickets are here');
  await page.getByText(RECONNECTING).waitFor({ state: 'detached' });
  await visitor.leaves();
  await restarted.stop();
  await setup.remove();
});

test('without Redis places are sold all the same, and what others do is seen again when it is back', async () => {
  const { eventId, visitor, page } = await open(office.url);
  await redis.kill();
  await press(page, 'Reserve 2 places');
  await press(page, 'Confirm 2 places');
  await heading(page, 'Your tickets are here');
  await redis.start();
  const other = await Visitor.comes(browser, office.url, `/events/${eventId}`);
  await bookTicket(office.url, { eventId, quantity: 8 });
  await other.page.getByText('40 places left').waitFor();
  await Promise.all([visitor.leaves(), other.leaves()]);
});

test('a phone in a tunnel keeps its wish, and has its places when it is out', async () => {
  const { eventId, visitor, page } = await open(office.url);
  await page.getByText('50 places left').waitFor();
  await visitor.context.setOffline(true);
  await page.getByText(RECONNECTING).waitFor();
  await press(page, 'Reserve 2 places');
  await page.getByText('No network. Trying again').first().waitFor();
  await bookTicket(office.url, { eventId, quantity: 8 });
  await visitor.context.setOffline(false);
  await heading(page, '2 places are held for you');
  await visitor.leaves();
});
