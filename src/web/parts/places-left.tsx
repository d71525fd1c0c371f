import { useWords } from '../app/app-context.ts';
import type { Places } from '../generated/operations.ts';

/** How many places are left: as a number, and as a bar for the eye. */
export function PlacesLeft({ places: { availableCount, capacity } }: { readonly places: Places }) {
  const { say, number, count, fill } = useWords();
  return (
    <div class="places">
      <p>
        <strong>{number(availableCount)}</strong> {count(say.left, availableCount)}{' '}
        <small>{fill(say.ofCapacity, { n: capacity })}</small>
      </p>
      <progress value={availableCount} max={capacity} aria-hidden="true" />
    </div>
  );
}
