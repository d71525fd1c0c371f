import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../src/http/rest/openapi.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import type { OpenApiDocument, Operation } from '../support/openapi-document.ts';

let office: BoxOffice;
let document: OpenApiDocument;
let reference: OpenApiDocument;

beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
  document = (await (await fetch(`${office.url}/openapi.json`)).json()) as OpenApiDocument;
  const file = new URL('../contract/reference-openapi.json', import.meta.url);
  reference = JSON.parse(await readFile(file, 'utf8')) as OpenApiDocument;
});
afterAll(() => office.close());

function operations({ paths }: OpenApiDocument): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
}

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate({ ...structuredClone(document) })).toEqual({ valid: true });
  });

  test('is the one that is printed to schema/openapi.json, and knows no host or port but its own', async () => {
    expect(await openApiDocument(office.server)).toEqual(document);
    expect(JSON.stringify(document)).not.toMatch(/127\.0\.0\.1|localhost/);
    expect(document.servers).toEqual([{ url: '/' }]);
  });

  test('gives no idempotency key to everybody who tries POST /book out in Swagger UI', () => {
    const key = document.paths['/book']?.['post']?.parameters?.find(({ name }) => name === 'Idempotency-Key');
    expect(key).toMatchObject({ in: 'header', required: false });
    expect(JSON.stringify(key)).not.toMatch(/"(example|examples|default)":/);
  });

  test('has the operations of the REST API and no others', () => {
    expect(operations(document).map(([route]) => route)).toEqual([
      'post /event',
      'get /event',
      'get /event/{event_id}',
      'patch /event/{event_id}',
      'get /event/{event_id}/stats',
      'post /event/{event_id}/cancel',
      'post /book',
      'post /booking/{booking_id}/cancel',
      'get /booking',
      'get /event/{event_id}/bookings.csv',
      'post /booking/{booking_id}/confirm',
      'post /booking/{booking_id}/extend-hold',
      'post /event/{event_id}/waiting-list',
      'get /event/{event_id}/waiting-list',
      'get /waiting-list/{entry_id}',
      'post /waiting-list/{entry_id}/leave',
      'get /booking/{booking_id}',
      'get /tickets/{code}.svg',
      'get /tickets/{code}.png',
      'get /tickets/{code}.pdf',
      'get /.well-known/boxoffice-keys.json',
      'post /check-in',
      'post /check-in/batch',
      'post /check-in/undo',
      'get /event/{event_id}/check-in-stats',
      'get /report',
      'get /report/event/{event_id}',
    ]);
  });

  test('tells people what each operation is and how it can fail', () => {
    for (const [, { summary, tags, operationId, responses }] of operations(document)) {
      expect([summary, operationId]).toEqual([expect.any(String), expect.any(String)]);
      expect(tags).toHaveLength(1);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '500', '503']));
      for (const { description } of Object.values(responses)) expect(description).not.toBe('Default Response');
    }
  });
});

describe('of the reference system the document has', () => {
  test('all operations with their ids, tags, parameters, bodies and answers', () => {
    const ours = new Map(operations(document));
    for (const [route, expected] of operations(reference)) {
      const { summary, operationId, tags, parameters = [], requestBody, responses } = expected;
      expect(ours.get(route)).toMatchObject({ summary, operationId, tags });
      for (const { name, in: place, required } of parameters) {
        expect(ours.get(route)?.parameters).toContainEqual(expect.objectContaining({ name, in: place, required }));
      }
      if (requestBody) expect(ours.get(route)?.requestBody).toMatchObject(requestBody);
      for (const [status, { content }] of Object.entries(responses)) {
        expect(ours.get(route)?.responses[status]?.content).toMatchObject(content);
      }
    }
  });

  test('all schemas with their properties, bounds and required fields', () => {
    for (const [name, expected] of Object.entries(reference.components.schemas)) {
      const ours = document.components.schemas[name];
      expect(ours?.required ?? []).toEqual(expect.arrayContaining([...(expected.required ?? [])]));
      for (const [property, { title: _title, ...constraints }] of Object.entries(expected.properties ?? {})) {
        const found = ours?.properties?.[property];
        // A user id of GraphQL need not be a number.
        if (name === 'BookingOut' && property === 'user_id') expect(found?.type).toEqual(['integer', 'string']);
        else expect(found).toMatchObject(constraints);
      }
    }
  });
});

describe('/docs', () => {
  test.each(['/docs', '/docs/'])('is a page of Swagger UI with nothing from elsewhere: %s', async (path) => {
    const page = await fetch(office.url + path);
    const html = await page.text();
    expect(page.headers.get('content-type')).toMatch('text/html');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, file]) => new URL(file as string, office.url + path),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const response = await fetch(file);
      expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    }
  });

  test('reads our document and shows it to no online validator', async () => {
    const settings = await (await fetch(`${office.url}/docs/static/swagger-initializer.js`)).text();
    expect(settings).toContain('validatorUrl: null');
    expect(settings).not.toMatch(/["'`](https?:)?\/\//);
    expect(await (await fetch(`${office.url}/docs/json`)).json()).toEqual(document);
  });
});
