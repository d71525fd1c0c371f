import { useHead } from '../../app/head.ts';
import type { RequestFailed } from '../../data/request-failed.ts';
import { LoadingPage } from '../loading-page.tsx';
import { isRefusal, SignedInOnly } from '../sign-in/signed-in-only.tsx';
import { useDeskWords } from './desk-words.ts';

/** While there is nothing to show: because it is on its way, or because of who asks. */
export function NothingYet({ failure }: { readonly failure: RequestFailed | null }) {
  const { say } = useDeskWords();
  useHead(isRefusal(failure) ? say.signInTitle : say.dashboard);
  if (!failure) return <LoadingPage />;
  if (isRefusal(failure)) return <SignedInOnly title={say.signInTitle} text={say.signInText} />;
  return (
    <section class="notice">
      <h1>{say.dashboard}</h1>
      <p role="status">{say.noAnswer}</p>
    </section>
  );
}
