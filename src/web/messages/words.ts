import { de } from './de.ts';
import { en, type Messages } from './en.ts';

const LANGUAGES = { en, de };
export type Language = keyof typeof LANGUAGES;

/** What the page says, and how it writes numbers and times. */
export interface Words {
  readonly language: Language;
  readonly say: Messages;
  readonly number: (value: number) => string;
}

export function wordsIn(language: string): Words {
  const known: Language = language in LANGUAGES ? (language as Language) : 'en';
  const numbers = new Intl.NumberFormat(known);
  return { language: known, say: LANGUAGES[known], number: (value) => numbers.format(value) };
}

/** @param accepted an Accept-Language header */
export function preferredLanguage(accepted: string): Language {
  const wishes = accepted.split(',').map((wish) => {
    const [tag = '', quality = 'q=1'] = wish.trim().split(/\s*;\s*/);
    return { language: tag.slice(0, 2).toLowerCase(), quality: Number(quality.replace('q=', '')) || 0 };
  });
  const best = wishes.filter(({ language }) => language in LANGUAGES).sort((a, b) => b.quality - a.quality)[0];
  return (best?.language as Language | undefined) ?? 'en';
}
