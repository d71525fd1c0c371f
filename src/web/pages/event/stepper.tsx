import { useWords } from '../../app/app-context.ts';

interface Props {
  readonly quantity: number;
  readonly most: number;
  readonly choose: (quantity: number) => void;
  readonly locked: boolean;
}

/** How many, by two large buttons, or typed. */
export function Stepper({ quantity, most, choose, locked }: Props) {
  const { say } = useWords();
  const step = (by: number, label: string, sign: string) => {
    const next = quantity + by;
    const possible = next >= 1 && next <= most && !locked;
    return (
      <button
        class="step"
        type="button"
        aria-label={label}
        aria-disabled={!possible}
        onClick={() => possible && choose(next)}
      >
        {sign}
      </button>
    );
  };
  return (
    <div class="stepper">
      <label for="quantity">{say.buy.quantity}</label>
      {step(-1, say.buy.fewer, '−')}
      <input
        id="quantity"
        inputMode="numeric"
        type="number"
        min={1}
        max={most}
        required
        readOnly={locked}
        value={quantity}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          if (Number.isInteger(valueAsNumber)) choose(valueAsNumber);
        }}
      />
      {step(1, say.buy.more, '+')}
    </div>
  );
}
