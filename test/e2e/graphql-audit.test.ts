import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

const MAX_WARNINGS = 3;

describe('the GraphQL over HTTP audit', () => {
  let office: BoxOffice;
  const warnings: string[] = [];
  beforeAll(async () => {
    office = await openBoxOffice('embedded');
  });
  afterAll(() => office.close());

  // The address is known once the office is open, so the audits are given one that is completed on the way.
  const audits = serverAudits({
    url: 'http://box-office/graphql',
    fetchFn: (url: string, init: RequestInit) => fetch(url.replace('http://box-office', office.url), init),
  });

  test.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('passes $id: $name', async ({ name, fn }) => {
    const result = await fn();
    if (result.status === 'warn') warnings.push(`${name}: ${result.reason}`);
    expect(result).not.toMatchObject({ status: 'error' });
  });

  test(`warns of no more than ${MAX_WARNINGS} things`, () => {
    expect(audits.length).toBeGreaterThanOrEqual(60);
    expect(warnings.slice(MAX_WARNINGS)).toEqual([]);
  });
});
