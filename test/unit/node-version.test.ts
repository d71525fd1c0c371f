import { readFileSync } from 'node:fs';
import { minVersion, satisfies } from 'semver';
import { expect, test } from 'vitest';
import { OLDEST_NODE, refusalOfNode } from '../../src/node-version.ts';

interface Manifest {
  readonly engines: { readonly node: string };
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly version?: string; readonly engines?: { readonly node?: string } }>
  >;
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as T;
}

test.each(['0.10.48', '14.21.3', '18.20.8', '20.20.2', '22.16.0'])('Node %s is told which one to take', (version) => {
  expect(refusalOfNode(version)).toMatch(
    new RegExp(`^boxoffice: Node ${version} is too old, use 22\\.17\\.0 or newer`),
  );
});

test.each([OLDEST_NODE, '22.17.1', '22.20.0', '23.0.0', '24.21.0', '100.0.0', '24.0.0-nightly20250101'])(
  'Node %s is new enough',
  (version) => {
    expect(refusalOfNode(version)).toBeNull();
  },
);

test('engines says what is said at the start, and it is enough for every package that runs', () => {
  const { engines } = read<Manifest>('package.json');
  expect(minVersion(engines.node)?.version).toBe(OLDEST_NODE);
  const running = Object.entries(read<Lock>('package-lock.json').packages).filter(([, { dev }]) => !dev);
  expect(running.length).toBeGreaterThan(100);
  const unhappy = running.filter(([, { engines: needs }]) => needs?.node && !satisfies(OLDEST_NODE, needs.node));
  expect(unhappy.map(([path]) => path)).toEqual([]);
});
