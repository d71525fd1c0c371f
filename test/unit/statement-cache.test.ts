import { describe, expect, test } from 'vitest';
import { cacheStatements } from '../../src/platform/sqlite/statement-cache.ts';

function databaseThatKeeps() {
  const compiled: string[] = [];
  const busy = new Set<string>();
  const database = {
    prepare: (sql: string) => {
      compiled.push(sql);
      return {
        get busy() {
          return busy.has(sql);
        },
      };
    },
  };
  cacheStatements(database);
  return { compiled, busy, prepare: (sql: string) => database.prepare(sql) };
}

describe('statements that SQLite has compiled', () => {
  test('are compiled once, and again only while their rows are being read', () => {
    const { compiled, busy, prepare } = databaseThatKeeps();
    expect(prepare('select 1')).toBe(prepare('select 1'));
    busy.add('select 1');
    prepare('select 1');
    expect(compiled).toEqual(['select 1', 'select 1']);
  });

  test('are not kept without end: those unused for longest go, those in use stay', () => {
    const { compiled, prepare } = databaseThatKeeps();
    prepare('unused');
    for (let i = 0; i < 1_000; i++) {
      prepare('used');
      prepare(`text ${i}`);
    }
    prepare('unused');
    expect(compiled.filter((sql) => sql === 'used')).toHaveLength(1);
    expect(compiled.filter((sql) => sql === 'unused')).toHaveLength(2);
  });
});
