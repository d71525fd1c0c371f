import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import type { BookedEvent } from '../../generated/operations.ts';
import { QrCode } from '../../parts/qr-code.tsx';
import type { Ticket } from './ticket-stub.tsx';

interface Props {
  readonly tickets: readonly Ticket[];
  readonly event: BookedEvent;
  readonly end: () => void;
}

/** One ticket after the other over the whole screen, which stays on meanwhile. */
export function ShownAtTheDoor({ tickets, event, end }: Props) {
  const { say, fill } = useWords();
  const [i, turn] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => keepScreenOn(), []);
  const ticket = tickets[i];
  if (!ticket) return null;
  return (
    <dialog class="at-the-door" ref={dialog} onClose={end} aria-label={event.title}>
      <strong>{event.title}</strong>
      <QrCode key={ticket.code} code={ticket.code} serial={ticket.serial} />
      <p>{fill(say.ticket.of, { n: ticket.serial, all: tickets.length })}</p>
      <small>{say.ticket.bright}</small>
      <div class="actions">
        {tickets.length > 1 && (
          <button class="button" type="button" onClick={() => turn((i + 1) % tickets.length)}>
            {say.ticket.next}
          </button>
        )}
        <button class="button quiet" type="button" onClick={() => dialog.current?.close()}>
          {say.ticket.close}
        </button>
      </div>
    </dialog>
  );
}

/** Where the browser can. @returns what lets it go out again */
function keepScreenOn(): () => void {
  const lock = navigator.wakeLock?.request('screen').catch(() => null);
  return () => void lock?.then((held) => held?.release());
}
