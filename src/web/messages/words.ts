import { de } from './de.ts';
import { en, type Messages, type Plural } from './en.ts';
import { type Times, timesIn } from './times.ts';

const LANGUAGES = { en, de };
type Language = keyof typeof LANGUAGES;

/** What the page says, and how it writes numbers and times. */
export interface Words {
  /** With the country, when it is known: it decides how dates are written. */
  readonly language: string;
  readonly say: Messages;
  readonly times: Times;
  readonly number: (value: number) => string;
  /** What `{…}` stands for is filled in. */
  readonly fill: (text: string, values: Readonly<Record<string, string | number>>) => string;
  /** As many of something: `{n}` is their number. */
  readonly count: (plural: Plural, n: number) => string;
}

export function wordsIn(language: string): Words {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  const number = (value: number) => numbers.format(value);
  const fill: Words['fill'] = (text, values) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? number(value) : value;
    });
  return {
    language,
    say: LANGUAGES[language.slice(0, 2) as Language],
    times: timesIn(language),
    number,
    fill,
    count: (plural, n) => fill(plurals.select(n) === 'one' ? plural.one : plural.other, { n }),
  };
}

/** @param accepted an Accept-Language header @returns one of ours, such as `de` or `en-GB` */
export function preferredLanguage(accepted: string): string {
  const wishes = accepted.split(',').map((wish) => {
    const [tag = '', quality = 'q=1'] = wish.trim().split(/\s*;\s*/);
    return { tag, quality: Number(quality.replace('q=', '')) || 0 };
  });
  const ours = wishes.filter(({ tag }) => /^[a-z]{2}(-[A-Z]{2})?$/.test(tag) && tag.slice(0, 2) in LANGUAGES);
  return ours.sort((a, b) => b.quality - a.quality)[0]?.tag ?? 'en';
}
