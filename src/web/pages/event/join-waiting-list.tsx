import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { useInsistence } from '../../data/use-insistence.ts';
import type { Choice, Wish } from '../../data/wishes.ts';
import { type EventFacts, JoinWaitingList, type Refusal } from '../../generated/operations.ts';
import { AskingButton } from '../../parts/asking-button.tsx';
import { FailureLine } from '../../parts/failure-line.tsx';
import { PlacesForm } from './places-form.tsx';

interface Props {
  readonly event: EventFacts;
  /** What was asked for, and was not there any more. */
  readonly wish: Wish | null;
  /** @param entryId what stands on the list now */
  readonly joined: (entryId: string) => void;
  readonly askAgain: () => void;
  readonly live: boolean;
}

const BUSY_RETRY_MS = 2_000;
const NOBODYS: Choice = { quantity: 2, holderName: '', email: '' };

/** All places are taken: how many somebody would wait for. Whoever is on the list already keeps their place. */
export function JoinWaiting({ event, wish, joined, askAgain, live }: Props) {
  const { boxOffice, words, announcements } = useApp();
  const { say, count, fill, times } = words;
  const { insistence, failure, begin, stop } = useInsistence();
  const [refusal, refuse] = useState<Refusal | null>(null);
  const join = ({ quantity, holderName, email }: Choice) => {
    refuse(null);
    const userId = boxOffice.session.userId();
    const input = { eventId: event.id, userId, quantity, holderName: holderName || null, email: email || null };
    begin({
      ask: (signal) => boxOffice.ask(JoinWaitingList, { input }, signal),
      waitAfter: ({ joinWaitingList: { __typename, ...refused } }) =>
        'retryable' in refused && refused.retryable ? (refused.retryAfterMs ?? BUSY_RETRY_MS) : null,
      answered: ({ joinWaitingList }) => {
        if (joinWaitingList.__typename === 'WaitingListEntry') return joined(joinWaitingList.id);
        refuse(joinWaitingList);
        announcements.say(say.refusal[joinWaitingList.code]);
        askAgain();
      },
    });
  };
  return (
    <PlacesForm event={event} begin={wish ?? NOBODYS} locked={!live || insistence !== null} submit={join}>
      {(chosen) => (
        <>
          {wish && !refusal && <p class="trouble">{say.buy.justSoldOut}</p>}
          {refusal && (
            <p class="trouble" role="alert">
              {say.refusal[refusal.code]}
            </p>
          )}
          <FailureLine failure={failure} />
          <AskingButton {...{ insistence, stop }} label={count(say.wait.join, chosen)} asking={say.wait.joining} />
          <p class="hint">{fill(say.wait.how, { time: times.span(event.waitingListOfferSeconds) })}</p>
        </>
      )}
    </PlacesForm>
  );
}
