import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SOUND = {
  'src/main.ts': "import './cli.ts';",
  'src/cli.ts': "import './bookings/book.ts';",
  'src/bookings/book.ts': "import { db } from '../platform/db.ts';\nexport const book = db;",
  'src/platform/db.ts': 'export const db = 1;',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boxoffice-layers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function violationsOf(files: Readonly<Record<string, string>>): { code: number | null; violations: string[] } {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const config = join(root, 'dependency-cruiser.config.mjs');
  const program = join(root, 'node_modules/.bin/depcruise');
  const { status, stdout } = spawnSync(program, ['-c', config, '-T', 'err', 'src'], { cwd: folder, encoding: 'utf8' });
  const violations = [...stdout.matchAll(/error.*? (\w[\w -]+): src/g)].map(([, name = '']) => name);
  return { code: status, violations };
}

test('a house in which every room uses only rooms below it is sound', () => {
  expect(violationsOf(SOUND)).toEqual({ code: 0, violations: [] });
});

test.each([
  [
    'an arrow up',
    {
      'src/platform/db.ts':
        "import type { book } from '../bookings/book.ts';\nexport type Db = typeof book; export const db = 1;",
    },
    'platform uses nothing above it',
  ],
  [
    'a circle',
    {
      'src/platform/db.ts': "import type { Lock } from './lock.ts';\nexport const db = 1 as Lock;",
      'src/platform/lock.ts': "import type { db } from './db.ts';\nexport type Lock = typeof db;",
    },
    'no circle',
  ],
  ['a file without a room', { 'src/cellar.ts': "import './bookings/book.ts';" }, 'every file has its room'],
  ['a parser that sees no import', { 'src/main.ts': 'export {};' }, 'imports are seen'],
])('%s fails the check', (_name, change, rule) => {
  const { code, violations } = violationsOf({ ...SOUND, ...change });
  expect(code).toBeGreaterThan(0);
  expect(violations).toContain(rule);
});
