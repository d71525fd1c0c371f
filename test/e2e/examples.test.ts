import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { postmanCollection } from '../../src/commands/postman-collection.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser } from '../support/browser.ts';
import { createEvent } from '../support/graphql-client.ts';
import { pythonWithRequests } from '../support/services/programs.ts';

const run = promisify(execFile);
const timeout = 30_000;
const TICKETS = /FINALIZED [A-Z\d]{30} [A-Z\d]{30}\s*$/;
const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

let shop: Server;
let shopUrl: string;
let office: BoxOffice;
beforeAll(async () => {
  const page = readFileSync(pathOf('examples/buy.html'));
  shop = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  office = await openBoxOffice('embedded', { env: { CORS_ORIGINS: shopUrl } });
});
afterAll(async () => {
  shop.close();
  await office.close();
});

async function output(program: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', BOXOFFICE_URL: office.url };
  return (await run(program, args, { env, timeout })).stdout;
}

test('the examples for Node, Python and curl book two places each, and print their tickets', async () => {
  const event = await createEvent(office.url, { title: 'Concert', capacity: 6 });
  const [node, python, curl] = await Promise.all([
    output(process.execPath, [pathOf('examples/buy.mjs'), event, '2']),
    output(await pythonWithRequests(), [pathOf('examples/buy.py'), event, '2']),
    output('sh', [pathOf('examples/buy.sh'), event, '2']),
  ]);
  expect(node).toMatch(/^booked as \w+\n/);
  expect(node).toMatch(TICKETS);
  expect(python).toMatch(TICKETS);
  expect(JSON.parse(curl)).toMatchObject({ status: 'FINALIZED', quantity: 2 });
  const bookings = await office.container.bookings.ofEvent(Number(event), 0, 10);
  expect(bookings.map(({ quantity }) => quantity)).toEqual([2, 2, 2]);

  const failed = await output('sh', [pathOf('examples/buy.sh'), event, '2']).catch((error: Error) => error);
  expect(failed).toMatchObject({ stderr: expect.stringContaining('409') });
});

test('the page of another site books once however often it is clicked, and shows the tickets', async () => {
  const event = await createEvent(office.url, { title: 'Play', capacity: 6 });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${shopUrl}/?at=${office.url}&event=${event}`);
    await page.getByLabel('Name').fill('alice');
    await page.getByLabel('Places').fill('2');
    await page.getByRole('button').dblclick();
    await page.getByText(TICKETS).waitFor();
    expect(await page.getByRole('status').textContent()).toMatch(TICKETS);
    await page.getByLabel('Places').fill('5');
    await page.getByRole('button').click();
    await page.getByText('Not enough places left: 4.').waitFor();
  } finally {
    await browser.close();
  }
});

test('every request of the Postman collection is understood', async () => {
  const text = readFileSync(pathOf('schema/postman-collection.json'), 'utf8');
  const event = await createEvent(office.url, { title: 'Film', capacity: 2 });
  const filled = (value: string) =>
    value
      .replaceAll('{{url}}', office.url)
      .replaceAll('{{$guid}}', crypto.randomUUID())
      .replaceAll(/("event_id": )1/g, `$1${event}`);
  const collection = JSON.parse(text) as ReturnType<typeof postmanCollection>;
  const { paths } = JSON.parse(readFileSync(pathOf('schema/openapi.json'), 'utf8')) as { paths: object };
  const requests = collection.item.flatMap(({ item }) => item.map(({ request }) => request));
  expect(requests).toHaveLength(Object.values(paths).flatMap((methods) => Object.keys(methods)).length);
  for (const { method, url, header, body } of requests) {
    const path = url.variable.reduce((raw, { key, value }) => {
      return raw.replace(`:${key}`, key === 'event_id' ? event : value);
    }, url.raw);
    const response = await fetch(filled(path), {
      method,
      headers: Object.fromEntries(header.map(({ key, value }) => [key, filled(value)])),
      ...(body && { body: filled(body.raw) }),
    });
    const answer = `${method} ${path}: ${response.status} ${await response.text()}`;
    // What is not there, or not possible now, has a code of ours; what is not understood has none.
    expect(answer).not.toMatch(/: (400|405|415|422|5\d\d) |"detail":"Not Found"/);
  }
});
