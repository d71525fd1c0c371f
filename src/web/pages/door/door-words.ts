import { useMemo } from 'preact/hooks';
import { useWords } from '../../app/app-context.ts';
import { chosen } from '../../messages/chosen.ts';
import { doorDe } from '../../messages/door-de.ts';
import { doorEn } from '../../messages/door-en.ts';

/** What the door says: loaded with it. */
export function useDoorWords() {
  const words = useWords();
  return useMemo(() => {
    /** Of today: hours and minutes, in the zone of the event. */
    const hour = (at: string, timeZone: string) =>
      new Intl.DateTimeFormat(words.language, {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(at));
    return { ...words, say: chosen(words.language, { en: doorEn, de: doorDe }), hour };
  }, [words]);
}
