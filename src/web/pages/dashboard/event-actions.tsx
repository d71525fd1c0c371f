import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { RequestFailed } from '../../data/request-failed.ts';
import { EditEvent, type EventFacts } from '../../generated/operations.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { useDeskWords } from './desk-words.ts';
import { EditDialog } from './form/edit-dialog.tsx';

interface EventActionsProps {
  readonly event: EventFacts;
  readonly onChanged: (event: EventFacts) => void;
}

/** What can be done about an event. What came of it is said, for those who do not see it. */
export function EventActions({ event, onChanged }: EventActionsProps) {
  const { say, failed } = useDeskWords();
  const { boxOffice } = useApp();
  const [open, setOpen] = useState<'edit' | 'cancel' | null>(null);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const close = () => setOpen(null);
  const changed = (now: EventFacts, words: string) => {
    onChanged(now);
    setSaid(words);
    close();
  };
  const isOpen = event.status === 'ON_SALE';

  /** A sale is closed in a hurry, so what somebody else has just edited is no reason not to: it is tried on that. */
  async function setSale(status: 'ON_SALE' | 'CLOSED', version = event.version, again = true): Promise<void> {
    const { updateEvent: answer } = await boxOffice.ask(EditEvent, {
      id: event.id,
      expectedVersion: version,
      input: { status },
    });
    if (answer.__typename === 'Event') return changed(answer, status === 'CLOSED' ? say.saleClosed : say.saleOpened);
    onChanged(answer.event);
    if (answer.code === 'VERSION_CONFLICT' && again) return setSale(status, answer.event.version, false);
    setSaid(say.isCancelled);
  }

  async function turnSale(): Promise<void> {
    setBusy(true);
    try {
      await setSale(isOpen ? 'CLOSED' : 'ON_SALE');
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setSaid(failed(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class="desk-actions">
      {event.status !== 'CANCELLED' && (
        <>
          <button type="button" class="button" onClick={() => setOpen('edit')}>
            {say.edit}
          </button>
          <button type="button" class="button" disabled={busy} onClick={turnSale}>
            {isOpen ? say.closeSale : say.openSale}
          </button>
          <button type="button" class="button" onClick={() => setOpen('cancel')}>
            {say.cancelEvent}
          </button>
        </>
      )}
      <a class="button" rel="external" href={`/door/${event.id}`}>
        {say.door}
      </a>
      <a class="button" href={`/events/${event.id}`}>
        {say.salePage}
      </a>
      <p class="said" role="status">
        {said}
      </p>
      {open === 'edit' && <EditDialog event={event} onClose={close} onSaved={(now) => changed(now, say.saved)} />}
      {open === 'cancel' && <CancelDialog event={event} onClose={close} onCancelled={(now) => changed(now, '')} />}
    </div>
  );
}
