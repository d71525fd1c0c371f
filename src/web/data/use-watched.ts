import { useEffect } from 'preact/hooks';
import { useApp } from '../app/app-context.ts';
import type { Operation } from './operation.ts';
import { useStore } from './store.ts';
import type { Watcher } from './watching.ts';

/** Watches for as long as its component is shown, as whoever is signed in. @param variables null: nothing */
export function useWatched<Data, Variables extends object>(
  operation: Operation<Data, Variables>,
  variables: Variables | null,
  watcher: Watcher<Data>,
): void {
  const { boxOffice } = useApp();
  const token = useStore(boxOffice.session.token);
  const asks = JSON.stringify(variables);
  useEffect(
    () => (variables ? boxOffice.watching.watch(operation, variables, watcher) : undefined),
    [operation, asks, token],
  );
}
