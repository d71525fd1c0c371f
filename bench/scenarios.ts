import type { Scenario } from './bench.ts';
import { hotEvent } from './scenarios/hot-event.ts';

export const SCENARIOS: readonly Scenario[] = [hotEvent];
