import { describe, expect, test } from 'vitest';
import { HOSTILE_TEXTS, leaksIn } from '../../support/leaks.ts';

const problem = (detail: string) => ({ type: 'about:blank', status: 500, detail, errors: [{ extensions: {} }] });

describe('a leak is found', () => {
  test.each([
    ['SQL', 'select "e0".* from "events" as "e0" where "e0"."id" = 1'],
    ['SQL', "insert into `bookings` (`reference`) values ('X')"],
    ['SQL', 'UPDATE events SET booked_count = 1'],
    ['a driver', 'SQLITE_BUSY: database is locked'],
    ['a driver', 'MikroORM failed to connect'],
    ['a complaint of the database', 'new row violates check constraint "events_never_oversold"'],
    ['a complaint of the database', 'invalid byte sequence for encoding "UTF8": 0x00'],
    ['a complaint of the database', 'value "2147483648" is out of range for type integer'],
    ['an error of the program', "TypeError: Cannot read properties of undefined (reading 'id')"],
    ['an error of the program', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['an error of the program', 'Maximum call stack size exceeded'],
    ['a stack', 'Error\n    at find (event-queries:1:2)'],
    ['a path', 'could not open /var/lib/boxoffice/boxoffice.db'],
    ['a path', 'in event.routes.ts:12'],
    ['a path', 'node_modules'],
  ])('when a text has %s: %s', (what, text) => {
    expect(leaksIn(problem(text)).map((leak) => leak.split(' in "')[0])).toContain(what);
  });

  test('in a key, and deep within', () => {
    expect(leaksIn({ a: [{ '/work/main': 1 }] })).toHaveLength(1);
    expect(leaksIn(problem('fine'))).toEqual([]);
  });

  test.each(HOSTILE_TEXTS)('unless it is what was sent: %j', (text) => {
    expect(leaksIn({ input: text })).toEqual([]);
    expect(leaksIn(`Int cannot represent non-integer value: ${JSON.stringify(text)}`)).toEqual([]);
    expect(leaksIn(`select 1 from events where title = '${text}'`).length).toBeGreaterThan(0);
  });

  test.each(HOSTILE_TEXTS)('which would be one without our word in it: %j', (text) => {
    expect(leaksIn(text.replaceAll('fuzzword', 'word')).length).toBeGreaterThan(0);
  });
});
