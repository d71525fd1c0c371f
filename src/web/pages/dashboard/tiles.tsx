import type { InTheHouse, Places } from '../../generated/operations.ts';
import { useDeskWords } from './desk-words.ts';
import './tiles.css';

/** The numbers of an event, large enough for a wall. They tick too often to be read aloud by themselves. */
export function Tiles({ places, inTheHouse }: { readonly places: Places; readonly inTheHouse: InTheHouse | null }) {
  const { say, number } = useDeskWords();
  const { capacity, heldCount, pendingCount, finalizedCount, availableCount } = places;
  const share = (count: number) => `${(100 * count) / capacity}%`;
  const parts = [
    ['final', finalizedCount],
    ['pending', pendingCount],
    ['held', heldCount],
  ] as const;
  return (
    <section class="desk-numbers" aria-label={say.numbers}>
      <dl class="desk-tiles">
        <Tile name={say.capacity} value={number(capacity)} />
        <Tile name={say.held} value={number(heldCount)} kind="held" />
        <Tile name={say.pending} value={number(pendingCount)} kind="pending" />
        <Tile name={say.final} value={number(finalizedCount)} kind="final" />
        <Tile name={say.left} value={number(availableCount)} kind="left" />
        <Tile name={say.inTheHouse} value={number(inTheHouse?.redeemedCount ?? 0)} />
      </dl>
      <div class="desk-bar" aria-hidden="true">
        {parts.map(([kind, count]) => (
          <span key={kind} class={kind} style={{ width: share(count) }} />
        ))}
      </div>
    </section>
  );
}

function Tile({ name, value, kind = '' }: { name: string; value: string; kind?: string }) {
  return (
    <div class={`desk-tile ${kind}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
