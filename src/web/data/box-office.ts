import { Asking } from './asking.ts';
import type { Kept } from './kept.ts';
import type { Operation } from './operation.ts';
import { SeenBookings } from './seen-bookings.ts';
import { ServerClock } from './server-clock.ts';
import { Session } from './session.ts';
import { Watching } from './watching.ts';
import { Wishes } from './wishes.ts';

/** What the page is told of the box office that serves it. */
export interface Settings {
  readonly auth: 'off' | 'jwt';
}

/** What a page has of the box office. There is one of it in a document. */
export interface BoxOffice {
  readonly clock: ServerClock;
  readonly session: Session;
  readonly watching: Watching;
  readonly wishes: Wishes;
  readonly seen: SeenBookings;
  /** @throws RequestFailed, or the signal's reason */
  ask<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data>;
}

/** What outlives the document: in this browser, and in this tab. */
export interface Memory {
  readonly browser: Kept;
  readonly tab: Kept;
}

export function openBoxOffice({ auth }: Settings, memory: Memory): BoxOffice {
  const clock = new ServerClock();
  const session = new Session(auth, memory.browser);
  const asking = new Asking(session, clock);
  return {
    clock,
    session,
    watching: new Watching(session),
    wishes: new Wishes(memory.tab, memory.browser),
    seen: new SeenBookings(),
    ask: (operation, variables, signal) => asking.ask(operation, variables, signal),
  };
}
