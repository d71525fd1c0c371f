import { expect } from 'vitest';
import { type BoxOfficeProcess, type LogLine, WARN } from './boxoffice-process.ts';
import { eventually } from './eventually.ts';

/** Of all that a process prints about one outage, whatever is asked of it meanwhile. */
const MAX_OUTAGE_BYTES = 1_500;
const INFO = 30;
export const ERROR = 50;

/**
 * Waits until a process has said that a dependency is back. From `printedBefore` on it has said that, and that it was
 * away, and no more than a line besides. @returns the line that says it is back
 */
export async function expectTwoLines(
  process: BoxOfficeProcess,
  printedBefore: number,
  { name, level = WARN }: { name: string; level?: number },
): Promise<LogLine> {
  const told = () => process.logs.filter(({ dependency }) => dependency === name);
  await eventually(() => told().length >= 2);
  const [away, back, ...more] = told() as [LogLine, LogLine, ...LogLine[]];
  expect(away).toMatchObject({ level, msg: expect.stringMatching(`^${name} is away, `), reason: expect.any(String) });
  expect(back).toMatchObject({ level: INFO, msg: `${name} is back`, durationMs: expect.any(Number) });
  expect(more).toEqual([]);
  const printed = process.stdout.slice(printedBefore);
  expect(printed).not.toContain('"stack"');
  expect(printed.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  expect(printed.length).toBeLessThan(MAX_OUTAGE_BYTES);
  return back;
}
