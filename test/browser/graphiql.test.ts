import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { openBrowser, Visitor } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';

const DESKTOP = { width: 1_280, height: 800 };
const QUERY = '.graphiql-query-editor .CodeMirror';
const RESULT = '.result-window .CodeMirror';

let office: BoxOffice;
let browser: Browser;
beforeAll(async () => {
  [office, browser] = await Promise.all([openBoxOffice('embedded'), openBrowser()]);
});
afterAll(() => Promise.all([office.close(), browser.close()]));

interface Editor {
  readonly CodeMirror: {
    setValue(text: string): void;
    getValue(): string;
    /** The operation as it is understood. */
    readonly documentAST?: { readonly loc?: { readonly source: { readonly body: string } } };
  };
}

async function run(page: Page, operation: string): Promise<void> {
  const query = page.locator(QUERY);
  await query.evaluate((editor, text) => (editor as unknown as Editor).CodeMirror.setValue(text), operation);
  const understood = () =>
    query.evaluate((editor) => (editor as unknown as Editor).CodeMirror.documentAST?.loc?.source.body);
  await eventually(async () => expect(await understood()).toBe(operation));
  await page.locator('.graphiql-execute-button').click();
}

async function showsResult(page: Page, text: string): Promise<void> {
  const result = page.locator(RESULT);
  const shown = () => result.evaluate((editor) => (editor as unknown as Editor).CodeMirror.getValue());
  await eventually(async () => expect(await shown()).toContain(text));
}

test('GraphiQL asks, and watches, from our own files alone and within a strict policy', async () => {
  const eventId = await createEvent(office.url, { title: 'Concert', capacity: 5 });
  const visitor = await Visitor.comes(browser, office.url, '/graphiql', { viewport: DESKTOP });
  const { page } = visitor;
  await run(page, '{ events(first: 1) { edges { node { title } } } }');
  await showsResult(page, '"title": "Concert"');
  await run(page, `subscription { eventStatsChanged(eventId: ${eventId}) { bookedCount } }`);
  await showsResult(page, '"bookedCount": 0');
  await bookTicket(office.url, { eventId });
  await showsResult(page, '"bookedCount": 1');
  await page.getByLabel('Show Documentation Explorer').click();
  await page.getByText('Root Types').waitFor();
  // A dialogue writes a style of its own.
  await page.getByLabel('Open settings dialog').click();
  await page.getByText('Clear storage').waitFor();
  await visitor.leaves();
});

test('where Apollo Sandbox cannot be loaded, its page leads to GraphiQL', async () => {
  const page = await browser.newPage();
  await page.route(/apollographql|google/, (route) => route.abort());
  await page.goto(`${office.url}/graphql`);
  await page.getByRole('link', { name: 'GraphiQL' }).click();
  await page.waitForURL(`${office.url}/graphiql`);
  await page.close();
});

test('its files come with their licences, and without a script or a style in the page', async () => {
  const html = await (await fetch(`${office.url}/graphiql`)).text();
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(files).toHaveLength(6);
  const licences = ['react', 'react-dom', 'graphiql'].map((name) => `/graphiql/${name}.LICENSE.txt`);
  for (const path of [...files, ...licences])
    expect([path, (await fetch(office.url + path)).status]).toEqual([path, 200]);
  expect(html).not.toMatch(/<style|<script[^>]*>[^<]|\son\w+=/);
  expect((await fetch(`${office.url}/graphiql/passwd`)).status).toBe(404);
});

test('nobody gets it who may not ask for the schema', async () => {
  const closed = await openBoxOffice('embedded', { env: { INTROSPECTION: 'off' } });
  try {
    for (const path of ['/graphiql', '/graphiql/graphiql.js'])
      expect((await fetch(closed.url + path)).status).toBe(404);
  } finally {
    await closed.close();
  }
});
