import { useApp } from '../../app/app-context.ts';
import { useHydrated } from '../../app/use-hydrated.ts';
import { useStore } from '../../data/store.ts';

export function SignOut() {
  const { boxOffice, words } = useApp();
  const token = useStore(boxOffice.session.token);
  const hydrated = useHydrated();
  if (!hydrated || token === null) return null;
  return (
    <button class="link" type="button" onClick={() => boxOffice.session.signIn(null)}>
      {words.say.signIn.out}
    </button>
  );
}
