import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { RequestFailed } from '../../data/request-failed.ts';
import { useAsked } from '../../data/use-asked.ts';
import { CancelEvent, type EventFacts, SalesOfEvent } from '../../generated/operations.ts';
import { useDeskWords } from './desk-words.ts';
import { Dialog } from './dialog.tsx';

const MAX_REASON_LENGTH = 500;

interface CancelDialogProps {
  readonly event: EventFacts;
  readonly onClose: () => void;
  readonly onCancelled: (event: EventFacts) => void;
}

/** Asks twice, and says whom it touches. */
export function CancelDialog({ event, onClose, onCancelled }: CancelDialogProps) {
  const { say, count, fill, failed } = useDeskWords();
  const { boxOffice } = useApp();
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const { data } = useAsked(SalesOfEvent, { eventId: event.id });
  const last = data?.salesCurve?.points.at(-1);
  const bookings = last?.bookingCount ?? 0;
  useEffect(() => {
    if (sure) keep.current?.focus();
  }, [sure]);

  async function go(submit: SubmitEvent): Promise<void> {
    submit.preventDefault();
    if (!sure) return setSure(true);
    try {
      onCancelled((await boxOffice.ask(CancelEvent, { id: event.id, reason: reason.trim() })).cancelEvent);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setFailure(error);
    }
  }

  const touches =
    bookings === 0
      ? say.cancelTouchesNone
      : fill(say.cancelTouches, {
          bookings: count(say.someBookings, bookings),
          places: count(say.places, last?.bookedCount ?? 0),
        });
  return (
    <Dialog title={sure ? fill(say.cancelSure, { title: event.title }) : say.cancelTitle} onClose={onClose}>
      <form onSubmit={go}>
        <p class="desk-touches">{data ? touches : say.asking}</p>
        <p>{say.cancelTells}</p>
        <label class="field">
          {say.cancelReason}
          <textarea
            required
            rows={2}
            maxLength={MAX_REASON_LENGTH}
            value={reason}
            readOnly={sure}
            onInput={(input) => setReason(input.currentTarget.value)}
          />
        </label>
        <p class="desk-problem" role="alert">
          {failure && failed(failure)}
        </p>
        <div class="desk-buttons">
          <button type="button" class="button" ref={keep} onClick={onClose}>
            {say.keepEvent}
          </button>
          <button type="submit" class="button primary" disabled={!data}>
            {sure ? (bookings === 0 ? say.cancelNowNone : count(say.cancelNow, bookings)) : say.cancelGoOn}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
