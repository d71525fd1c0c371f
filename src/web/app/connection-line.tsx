import { useStore } from '../data/store.ts';
import { useApp } from './app-context.ts';

/** Says quietly that what is shown may be old, beside everything else, so that nothing jumps when it ends. */
export function ConnectionLine() {
  const { boxOffice, words } = useApp();
  const connection = useStore(boxOffice.watching.connection);
  return (
    <p class="connection" role="status">
      {connection === 'reconnecting' ? words.say.reconnecting : ''}
    </p>
  );
}
