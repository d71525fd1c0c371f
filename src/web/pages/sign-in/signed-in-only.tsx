import type { RequestFailed } from '../../data/request-failed.ts';
import { SignIn } from './sign-in.tsx';

/** Whether it would have been answered to somebody else. */
export function isRefusal(failure: RequestFailed | null): boolean {
  return failure?.code === 'UNAUTHENTICATED' || failure?.code === 'FORBIDDEN';
}

/** In place of a page that is for those who work here. */
export function SignedInOnly({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section class="notice">
      <h1>{title}</h1>
      <SignIn title={text} />
    </section>
  );
}
