import { parseArgs } from 'node:util';
import type { Scenario } from './bench.ts';
import { authentication } from './scenarios/authentication.ts';
import { commitToFinalized } from './scenarios/commit-to-finalized.ts';
import { door } from './scenarios/door.ts';
import { download } from './scenarios/download.ts';
import { finalization } from './scenarios/finalization.ts';
import { holds } from './scenarios/holds.ts';
import { hotEvent } from './scenarios/hot-event.ts';
import { longestStatement } from './scenarios/longest-statement.ts';
import { manyEvents } from './scenarios/many-events.ts';
import { memory } from './scenarios/memory.ts';
import { onSale } from './scenarios/on-sale.ts';
import { soldOut } from './scenarios/sold-out.ts';
import { startUp } from './scenarios/start-up.ts';
import { subscribers } from './scenarios/subscribers.ts';
import { tableSize } from './scenarios/table-size.ts';
import { tickets } from './scenarios/tickets.ts';
import { ROWS_STEP, USUAL_ROWS } from './seed/sizes.ts';

const SCENARIOS: readonly Scenario[] = [
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
  download,
  tickets,
  holds,
];

/** @throws what is wrong with the arguments, in one line */
export function readOptions(args: string[]) {
  const option = { type: 'string' } as const;
  const options = { scenario: option, rounds: option, seconds: option, rows: option };
  const { scenario, rounds, seconds, rows } = parseArgs({ args, options }).values;
  const wanted = scenario ? scenario.split(',') : SCENARIOS.map(({ name }) => name);
  return {
    scenarios: wanted.map((name) => {
      const found = SCENARIOS.find((one) => one.name === name);
      if (!found) throw new Error(`no scenario "${name}"; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
      return found;
    }),
    rounds: multipleOf(1, 'rounds', rounds || 3),
    seconds: multipleOf(1, 'seconds', seconds || 2),
    /** Bookings in the largest table. */
    rows: multipleOf(ROWS_STEP, 'rows', rows || USUAL_ROWS),
  };
}

function multipleOf(step: number, name: string, given: string | number): number {
  const value = Number(given);
  if (!(value > 0) || value % step !== 0) throw new Error(`${name} is a multiple of ${step}`);
  return value;
}
