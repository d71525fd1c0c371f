interface Props {
  readonly label: string;
  readonly text: string;
  /** What is left of the whole, 0 to 1. */
  readonly part: number;
}

/** A ring that empties. */
export function Ring({ label, text, part }: Props) {
  const left = Math.max(0, Math.min(1, part)) * 100;
  return (
    <div class={`ring ${part < 0.15 ? 'last' : ''}`}>
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle class="ring-track" cx="60" cy="60" r="54" />
        <circle class="ring-left" cx="60" cy="60" r="54" pathLength={100} stroke-dasharray={`${left} 100`} />
      </svg>
      <p role="timer" aria-label={label}>
        {text}
      </p>
    </div>
  );
}
