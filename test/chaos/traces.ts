import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Evidence, Violation } from './promises.ts';
import type { Stage } from './stage.ts';

/** Keeps all that is known of a run in which a promise was broken. @returns the folder */
export async function keepTraces(
  stage: Stage,
  { history, rows, processes }: Evidence,
  violations: readonly Violation[],
  name: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `boxoffice-chaos-${name}-`));
  const { attempts, watches, faults, events, since } = history;
  const logFiles = processes.map(({ logFile }) => logFile);
  await Promise.all([
    ...logFiles.map((file) => copyFile(file, join(folder, basename(file)))),
    writeFile(join(folder, 'violations.json'), JSON.stringify(violations, null, 1)),
    writeFile(join(folder, 'attempts.jsonl'), attempts.map((attempt) => JSON.stringify(attempt)).join('\n')),
    writeFile(join(folder, 'bookings.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n')),
    writeFile(
      join(folder, 'history.json'),
      JSON.stringify({
        since,
        startedAt: performance.timeOrigin + since,
        events,
        faults,
        watches,
        stage: stage.databaseUrl,
      }),
    ),
  ]);
  return folder;
}
