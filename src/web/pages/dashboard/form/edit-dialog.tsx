import { useState } from 'preact/hooks';
import { useApp } from '../../../app/app-context.ts';
import { EditEvent, type EventFacts, type EventUpdateRefusalCode } from '../../../generated/operations.ts';
import { useDeskWords } from '../desk-words.ts';
import { Dialog } from '../dialog.tsx';
import { EventForm } from './event-form.tsx';
import { changesOf, type EventField, fieldsThatDiffer, mergedValues, valuesOf } from './event-values.ts';
import { useSubmission } from './use-submission.ts';

interface EditDialogProps {
  readonly event: EventFacts;
  readonly onClose: () => void;
  readonly onSaved: (event: EventFacts) => void;
}

interface Refusal {
  readonly code: EventUpdateRefusalCode;
  /** What somebody else has changed. */
  readonly theirFields: readonly EventField[];
  readonly booked: number;
  readonly askedCapacity: string;
}

/** Edits an event as it was when the form was opened: of two who edit at once, the second is shown what the first did. */
export function EditDialog({ event, onClose, onSaved }: EditDialogProps) {
  const { say, failed } = useDeskWords();
  const { boxOffice } = useApp();
  const [known, setKnown] = useState(event);
  const [values, setValues] = useState(valuesOf(event));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const { submit, busy, failure } = useSubmission(async () => {
    setRefusal(null);
    const before = valuesOf(known);
    const edit = { id: known.id, expectedVersion: known.version, input: changesOf(before, values) };
    const { updateEvent: answer } = await boxOffice.ask(EditEvent, edit);
    if (answer.__typename === 'Event') return onSaved(answer);
    const theirs = valuesOf(answer.event);
    const { capacity, availableCount } = answer.event.stats;
    setRefusal({
      code: answer.code,
      theirFields: fieldsThatDiffer(before, theirs),
      booked: capacity - availableCount,
      askedCapacity: values.capacity,
    });
    setKnown(answer.event);
    setValues(mergedValues(before, values, theirs));
  });
  const wants = (capacity: number) => {
    setValues({ ...values, capacity: String(capacity) });
    setRefusal(null);
  };
  const takeTheirs = () => {
    setValues(valuesOf(known));
    setRefusal(null);
  };
  return (
    <Dialog title={say.editTitle} onClose={onClose}>
      <EventForm
        values={values}
        onChange={setValues}
        onSubmit={submit}
        submitText={say.save}
        onBack={onClose}
        busy={busy}
      >
        {failure && <p>{failed(failure)}</p>}
        {refusal && <WhyNot refusal={refusal} now={known} onCapacity={wants} onTakeTheirs={takeTheirs} />}
      </EventForm>
    </Dialog>
  );
}

interface WhyNotProps {
  readonly refusal: Refusal;
  readonly now: EventFacts;
  readonly onCapacity: (capacity: number) => void;
  readonly onTakeTheirs: () => void;
}

/** A refusal with its numbers, and a way on. */
function WhyNot({ refusal, now, onCapacity, onTakeTheirs }: WhyNotProps) {
  const { say, number, fill } = useDeskWords();
  if (refusal.code === 'EVENT_CANCELLED') return <p>{say.isCancelled}</p>;
  if (refusal.code === 'CAPACITY_BELOW_BOOKED') {
    const booked = number(refusal.booked);
    return (
      <>
        <p>{fill(say.belowBooked, { booked, asked: number(Number(refusal.askedCapacity)) })}</p>
        <button type="button" class="button" onClick={() => onCapacity(refusal.booked)}>
          {fill(say.setTo, { booked })}
        </button>
      </>
    );
  }
  const theirs = valuesOf(now);
  return (
    <>
      <p>{say.conflict}</p>
      <ul>
        {refusal.theirFields.map((field) => (
          <li key={field}>{fill(say.nowIs, { field: say.field[field], theirs: theirs[field] || say.empty })}</li>
        ))}
      </ul>
      <p>{say.conflictMine}</p>
      <button type="button" class="button" onClick={onTakeTheirs}>
        {say.takeTheirs}
      </button>
    </>
  );
}
