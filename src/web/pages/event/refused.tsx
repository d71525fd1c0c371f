import { useWords } from '../../app/app-context.ts';
import type { Places, Refusal } from '../../generated/operations.ts';

interface Props {
  readonly refusal: Refusal;
  readonly quantity: number;
  readonly places: Places;
  readonly take: (quantity: number) => void;
  readonly ratherWait: () => void;
}

/** Why there is no booking, in one sentence, and what can be done instead. */
export function Refused({ refusal: { code, availableCount }, quantity, places, take, ratherWait }: Props) {
  const { say, fill, count } = useWords();
  if (code !== 'SOLD_OUT') {
    return (
      <p class="trouble" role="alert">
        {say.refusal[code]}
      </p>
    );
  }
  // Some may have come back, or gone, since.
  const left = Math.min(places.availableCount, availableCount ?? 0, quantity - 1);
  return (
    <div class="trouble" role="alert">
      <p>{left > 0 ? fill(say.buy.someLeft, { left, asked: quantity }) : say.buy.justSoldOut}</p>
      {left > 0 && (
        <div class="actions">
          <button class="button" type="button" onClick={() => take(left)}>
            {count(say.buy.take, left)}
          </button>
          <button class="button quiet" type="button" onClick={ratherWait}>
            {count(say.wait.join, quantity)}
          </button>
        </div>
      )}
    </div>
  );
}
