import type { Scenario } from './bench.ts';
import { authentication } from './scenarios/authentication.ts';
import { commitToFinalized } from './scenarios/commit-to-finalized.ts';
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
];
