import { useWords } from '../app/app-context.ts';
import type { SaleState } from '../data/sale-state.ts';

interface Props {
  readonly state: SaleState;
  readonly event: { readonly salesOpenAt: string | null; readonly timeZone: string };
}

/** What can be done with an event at present, in two words. */
export function SaleStateLine({ state, event: { salesOpenAt, timeZone } }: Props) {
  const { say, times, fill } = useWords();
  const opens = salesOpenAt ? times.moment(salesOpenAt, timeZone) : '';
  const text = state === 'opensLater' ? fill(say.state.opensAt, { time: opens }) : say.state[state];
  return <span class={`state ${state}`}>{text}</span>;
}
