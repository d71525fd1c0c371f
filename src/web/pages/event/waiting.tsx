import { useEffect } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import { useWaitingEntry } from '../../data/use-waiting-entry.ts';
import { LeaveWaitingList, type WaitingFacts } from '../../generated/operations.ts';
import { FailureLine } from '../../parts/failure-line.tsx';
import { LoadingPage } from '../loading-page.tsx';

interface Props {
  readonly entryId: string;
  /** Places are held for whoever waited. */
  readonly offered: (bookingId: string) => void;
  readonly ended: () => void;
}

/** One's place on the waiting list, live. An offer goes on as any other hold. */
export function Waiting({ entryId, offered, ended }: Props) {
  const { entry, isMissing, failure, see } = useWaitingEntry(entryId);
  useEffect(() => {
    if (isMissing || entry?.status === 'LEFT') ended();
    else if (entry?.booking) offered(entry.booking.id);
  }, [isMissing, entry?.status, entry?.booking?.id]);
  if (!entry) return failure ? <FailureLine failure={failure} /> : <LoadingPage />;
  return entry.status === 'LAPSED' ? <Lapsed again={ended} /> : <InLine entry={entry} see={see} />;
}

function InLine({ entry, see }: { readonly entry: WaitingFacts; readonly see: (entry: WaitingFacts) => void }) {
  const { boxOffice, words, announcements } = useApp();
  const { say, count, number } = words;
  const { insistence, failure, begin } = useInsistence();
  const ahead = entry.ahead ?? 0;
  const isNext = ahead === 0;
  useEffect(() => announcements.say(isNext ? say.wait.next : say.wait.waiting), [isNext]);
  const leave = () =>
    begin({
      ask: (signal) => boxOffice.ask(LeaveWaitingList, { id: entry.id }, signal),
      answered: ({ leaveWaitingList }) => see(leaveWaitingList),
    });
  return (
    <div class="in-line">
      <h3>{say.wait.waiting}</h3>
      <p class="countdown">
        <strong>{isNext ? say.wait.next : number(ahead)}</strong>
        {!isNext && <span>{count(say.wait.ahead, ahead)}</span>}
      </p>
      <p>{count(say.wait.wanted, entry.quantity)}</p>
      <FailureLine failure={failure} />
      <button class="link" type="button" aria-busy={insistence !== null} onClick={leave}>
        {say.wait.leave}
      </button>
    </div>
  );
}

function Lapsed({ again }: { readonly again: () => void }) {
  const { say } = useApp().words;
  return (
    <>
      <p>{say.wait.lapsed}</p>
      <button class="button" type="button" onClick={again}>
        {say.booking.startAgain}
      </button>
    </>
  );
}
