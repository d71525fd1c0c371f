import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import type { Choice } from '../../data/wishes.ts';
import type { EventFacts } from '../../generated/operations.ts';
import { Stepper } from './stepper.tsx';

interface Props {
  readonly event: EventFacts;
  /** What to begin with. */
  readonly begin: Choice;
  readonly locked: boolean;
  readonly submit: (choice: Choice) => void;
  /** What stands below the fields. @param chosen how many @param choose another number of them, and submit it */
  readonly children: (chosen: number, choose: (quantity: number) => void) => ComponentChildren;
}

/** How many places, and for whom. */
export function PlacesForm({ event, begin, locked, submit, children }: Props) {
  const { say } = useWords();
  const most = Math.min(event.maxPerBooking, event.maxPerUser ?? event.maxPerBooking);
  const [quantity, choose] = useState(Math.min(begin.quantity, most));
  const form = useRef<HTMLFormElement>(null);
  const submitted = (wanted: number) => {
    const field = (name: string) => String(new FormData(form.current ?? undefined).get(name) ?? '').trim();
    choose(wanted);
    if (!locked) submit({ quantity: wanted, holderName: field('name'), email: field('email') });
  };
  return (
    <form
      class="choose needs-script"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        submitted(quantity);
      }}
    >
      <Stepper {...{ quantity, most, choose, locked }} />
      <Field label={say.buy.name}>
        <input name="name" autoComplete="name" maxLength={200} defaultValue={begin.holderName} />
      </Field>
      <Field label={say.buy.email}>
        <input name="email" type="email" autoComplete="email" maxLength={254} defaultValue={begin.email} />
      </Field>
      {children(quantity, submitted)}
    </form>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const { say } = useWords();
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its control is its child
    <label class="field">
      <span>
        {label} <small>{say.buy.optional}</small>
      </span>
      {children}
    </label>
  );
}
