import { useState } from 'preact/hooks';
import { useApp } from '../../app/app-context.ts';
import { claimsOf } from '../../data/session.ts';

/** For development. A site's own sign-in writes the token where `Session` finds it, and this box is never seen. */
export function SignIn({ title }: { readonly title: string }) {
  const { boxOffice, words } = useApp();
  const { say } = words;
  const [wrong, show] = useState(false);
  const signIn = (submit: SubmitEvent) => {
    submit.preventDefault();
    const token = String(new FormData(submit.currentTarget as HTMLFormElement).get('token')).trim();
    if (claimsOf(token)?.sub) boxOffice.session.signIn(token);
    else show(true);
  };
  return (
    <form class="sign-in" onSubmit={signIn}>
      <h2>{title}</h2>
      <p>{say.signIn.text}</p>
      <label class="field">
        <span>{say.signIn.token}</span>
        <input name="token" autoComplete="off" spellcheck={false} required aria-invalid={wrong} />
      </label>
      {wrong && (
        <p class="trouble" role="alert">
          {say.signIn.notAToken}
        </p>
      )}
      <button class="button" type="submit">
        {say.signIn.go}
      </button>
    </form>
  );
}
