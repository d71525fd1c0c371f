import { parseArgs } from 'node:util';
import type { Scenario } from './bench.ts';
import { authentication } from './scenarios/authentication.ts';
import { commitToFinalized } from './scenarios/commit-to-finalized.ts';
import { door } from './scenarios/door.ts';
import { finalization } from './scenarios/finalization.ts';
import { hotEvent } from './scenarios/hot-event.ts';
import { longestStatement } from './scenarios/longest-statement.ts';
import { manyEvents } from './scenarios/many-events.ts';
import { memory } from './scenarios/memory.ts';
import { onSale } from './scenarios/on-sale.ts';
import { soldOut } from './scenarios/sold-out.ts';
import { startUp } from './scenarios/start-up.ts';
import { subscribers } from './scenarios/subscribers.ts';
import { tableSize } from './scenarios/table-size.ts';
import { ROWS_STEP, USUAL_ROWS } from './seed/sizes.ts';

export const SCENARIOS: readonly Scenario[] = [
  hotEvent,
  manyEvents,
  soldOut,
  authentication,
  tableSize,
  longestStatement,
  finalization,
  commitToFinalized,
  subscribers,
  startUp,
  memory,
  onSale,
  door,
];

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly seconds: number;
  /** Bookings in the largest table. */
  readonly rows: number;
}

/** @throws what is wrong with the arguments, in one line */
export function readOptions(args: readonly string[], known: readonly Scenario[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      rows: { type: 'string' },
    },
  });
  const names = values.scenario ? values.scenario.split(',') : known.map(({ name }) => name);
  const scenarios = names.map((name) => {
    const found = known.find((scenario) => scenario.name === name);
    if (!found) throw new Error(`no scenario "${name}"; there are ${known.map((one) => one.name).join(', ')}`);
    return found;
  });
  return {
    scenarios,
    rounds: wholeNumber('rounds', values.rounds, 3),
    seconds: wholeNumber('seconds', values.seconds, 2),
    rows: rowsOf(values.rows),
  };
}

function rowsOf(given: string | undefined): number {
  const rows = wholeNumber('rows', given, USUAL_ROWS);
  if (rows % ROWS_STEP !== 0) throw new Error(`rows is a multiple of ${ROWS_STEP}`);
  return rows;
}

function wholeNumber(name: string, given: string | undefined, usual: number): number {
  const value = given ? Number(given) : usual;
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is a whole number, at least 1`);
  return value;
}
