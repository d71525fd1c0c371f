import { Asking } from './asking.ts';
import type { Kept } from './kept.ts';
import type { Operation } from './operation.ts';
import { ServerClock } from './server-clock.ts';
import { Session } from './session.ts';
import { Watching } from './watching.ts';

/** What the page is told of the box office that serves it. */
export interface Settings {
  readonly auth: 'off' | 'jwt';
}

/** What a page has of the box office. There is one of it in a document. */
export interface BoxOffice {
  readonly clock: ServerClock;
  readonly session: Session;
  readonly watching: Watching;
  /** @throws RequestFailed, or the signal's reason */
  ask<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data>;
}

/** @param kept what outlives the document */
export function openBoxOffice({ auth }: Settings, kept: Kept): BoxOffice {
  const clock = new ServerClock();
  const session = new Session(auth, kept);
  const asking = new Asking(session, clock);
  return {
    clock,
    session,
    watching: new Watching(session),
    ask: (operation, variables, signal) => asking.ask(operation, variables, signal),
  };
}
