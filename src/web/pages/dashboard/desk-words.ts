import { useMemo } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import type { RequestFailed } from '../../data/request-failed.ts';
import { chosen } from '../../messages/chosen.ts';
import { deskDe } from '../../messages/desk-de.ts';
import { deskEn } from '../../messages/desk-en.ts';

/** What the desk says: loaded with it. */
export function useDeskWords() {
  const words = useWords();
  return useMemo(() => {
    const say = chosen(words.language, { en: deskEn, de: deskDe });
    /** In the words of the box office where it knows which field is wrong. */
    const failed = ({ code, message }: RequestFailed) =>
      code === 'BAD_USER_INPUT' ? words.fill(say.refused, { reason: message }) : words.say.failure[code];
    return { ...words, say, failed };
  }, [words]);
}
