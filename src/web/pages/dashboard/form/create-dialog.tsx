import { useState } from 'preact/hooks';
import { useApp } from '../../../app/app-context.ts';
import { CreateEvent, type EventFacts } from '../../../generated/operations.ts';
import { useDeskWords } from '../desk-words.ts';
import { Dialog } from '../dialog.tsx';
import { EventForm } from './event-form.tsx';
import { inputOf, newEventValues } from './event-values.ts';
import { useSubmission } from './use-submission.ts';

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (event: EventFacts) => void }) {
  const { say, failed } = useDeskWords();
  const { boxOffice } = useApp();
  const [values, setValues] = useState(newEventValues(OWN_ZONE));
  const { submit, busy, failure } = useSubmission(async () => {
    onCreated((await boxOffice.ask(CreateEvent, { input: inputOf(values) })).createEvent);
  });
  return (
    <Dialog title={say.createTitle} onClose={onClose}>
      <EventForm
        values={values}
        onChange={setValues}
        onSubmit={submit}
        submitText={say.create}
        onBack={onClose}
        busy={busy}
      >
        {failure && <p>{failed(failure)}</p>}
      </EventForm>
    </Dialog>
  );
}
