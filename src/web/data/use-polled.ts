import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import type { Operation } from './operation.ts';
import { RequestFailed } from './request-failed.ts';
import { useStore } from './store.ts';
import type { Asked } from './use-asked.ts';

type Polled<Data> = Pick<Asked<Data>, 'data' | 'failure'>;

/** What the box office answers to a query, asked again and again while somebody looks. */
export function usePolled<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  everyMs: number,
): Polled<Data> {
  const { boxOffice } = useApp();
  const token = useStore(boxOffice.session.token);
  const [asked, show] = useState<Polled<Data>>({ data: undefined, failure: null });
  const asks = JSON.stringify(variables);
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    show({ data: undefined, failure: null });
    const ask = async () => {
      try {
        if (document.visibilityState === 'visible') {
          const data = await boxOffice.ask(operation, variables, ending.signal);
          show({ data, failure: null });
        }
      } catch (failure) {
        if (!(failure instanceof RequestFailed)) return;
        show((before) => ({ ...before, failure }));
      }
      timer = setTimeout(ask, everyMs);
    };
    void ask();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [operation, asks, token, everyMs]);
  return asked;
}
