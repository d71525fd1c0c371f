import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useDeskWords } from '../desk-words.ts';
import type { EventField, EventValues } from './event-values.ts';

const MAX_CAPACITY = 2_147_483_647;
const TIME_ZONES = Intl.supportedValuesOf('timeZone');

interface EventFormProps {
  readonly values: EventValues;
  readonly onChange: (values: EventValues) => void;
  readonly onSubmit: () => void;
  /** What stands before the buttons: why it was not taken. */
  readonly children?: ComponentChildren;
  readonly submitText: string;
  readonly onBack: () => void;
  readonly busy: boolean;
}

/** All that can be said of an event. */
export function EventForm({ values, onChange, onSubmit, children, submitText, onBack, busy }: EventFormProps) {
  const { say, fill } = useDeskWords();
  const zones = useId();
  const bind = (field: EventField) => ({
    value: values[field],
    onInput: (input: Event) => {
      const { value } = input.currentTarget as HTMLInputElement | HTMLTextAreaElement;
      onChange({ ...values, [field]: value });
    },
  });
  const time = (field: EventField) => (
    <Field name={say.field[field]}>
      <input type="datetime-local" {...bind(field)} />
    </Field>
  );
  const count = (field: EventField, limits: { min: number; max: number; required?: boolean; step?: string }) => (
    <Field name={say.field[field]}>
      <input type="number" inputMode="numeric" {...limits} {...bind(field)} />
    </Field>
  );
  return (
    <form
      class="desk-form"
      onSubmit={(submit) => {
        submit.preventDefault();
        onSubmit();
      }}
    >
      <fieldset>
        <legend>{say.whatAndWhere}</legend>
        <Field name={say.field.title}>
          <input required maxLength={200} pattern=".*\S.*" {...bind('title')} />
        </Field>
        <Field name={say.field.venue}>
          <input maxLength={200} {...bind('venue')} />
        </Field>
        <Field name={say.field.description}>
          <textarea rows={3} maxLength={5_000} {...bind('description')} />
        </Field>
      </fieldset>
      <fieldset>
        <legend>{say.whenIsIt}</legend>
        <Field name={say.field.timeZone}>
          <input required list={zones} {...bind('timeZone')} />
        </Field>
        <datalist id={zones}>
          {TIME_ZONES.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <p class="hint">{fill(say.timesIn, { zone: values.timeZone })}</p>
        {time('startsAt')}
        {time('endsAt')}
        {time('salesOpenAt')}
        {time('salesCloseAt')}
      </fieldset>
      <fieldset>
        <legend>{say.whoMay}</legend>
        {count('capacity', { min: 1, max: MAX_CAPACITY, required: true })}
        {count('maxPerBooking', { min: 1, max: 100, required: true })}
        {count('maxPerUser', { min: 1, max: MAX_CAPACITY })}
        {count('maxHold', { min: 0, max: 1_440, required: true, step: 'any' })}
      </fieldset>
      <div role="alert" class="desk-problem">
        {children}
      </div>
      <div class="desk-buttons">
        <button type="button" class="button" onClick={onBack}>
          {say.back}
        </button>
        <button type="submit" class="button primary" disabled={busy}>
          {submitText}
        </button>
      </div>
    </form>
  );
}

function Field({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its children are the control
    <label class="field">
      {name}
      {children}
    </label>
  );
}
