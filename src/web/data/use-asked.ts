import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import type { Operation } from './operation.ts';
import { RequestFailed } from './request-failed.ts';
import { useStore } from './store.ts';

export interface Asked<Data> {
  /** What is known; from before while it is asked for again. */
  readonly data: Data | undefined;
  /** Why there is nothing newer. It is asked again by itself when that may help. */
  readonly failure: RequestFailed | null;
  /** Asks again: it may have changed. */
  readonly again: () => void;
}

/** What the box office answers to a query, asked again for each new viewer. */
export function useAsked<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Asked<Data> {
  const { boxOffice, answers } = useApp();
  const token = useStore(boxOffice.session.token);
  const [asked, show] = useState<Omit<Asked<Data>, 'again'>>({
    data: answers.get(operation, variables),
    failure: null,
  });
  const [times, askOnceMore] = useState(0);
  const asks = JSON.stringify(variables);
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const known = answers.get(operation, variables);
    show({ data: known, failure: null });
    const ask = async () => {
      try {
        const data = await boxOffice.ask(operation, variables, ending.signal);
        answers.keep(operation, variables, data);
        show({ data, failure: null });
      } catch (failure) {
        if (!(failure instanceof RequestFailed)) return;
        show((before) => ({ ...before, failure }));
        if (failure.retryAfterMs !== null) timer = setTimeout(ask, failure.retryAfterMs);
      }
    };
    if (!answers.takeFresh(operation, variables)) void ask();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [operation, asks, token, times]);
  return { ...asked, again: () => askOnceMore((before) => before + 1) };
}
