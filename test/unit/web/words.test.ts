import { expect, test } from 'vitest';
import { preferredLanguage, wordsIn } from '../../../src/web/messages/words.ts';

test.each([
  ['de-DE,de;q=0.9,en;q=0.8', 'de-DE'],
  ['fr-FR,fr;q=0.9,de;q=0.4,en-US;q=0.3', 'de'],
  ['en-GB', 'en-GB'],
  ['fr', 'en'],
  ['*', 'en'],
  ['', 'en'],
  ['de;q=nonsense, en;q=0.1', 'en'],
  ['de"><script>', 'en'],
])('Accept-Language %j is answered in %s', (accepted, language) => {
  expect(preferredLanguage(accepted)).toBe(language);
});

test('as many of something are called as the language does', () => {
  const { say, count } = wordsIn('de');
  expect([1, 2, 1_200].map((n) => count(say.buy.reserve, n))).toEqual([
    '1 Platz reservieren',
    '2 Plätze reservieren',
    '1.200 Plätze reservieren',
  ]);
});

test('both languages say the same of the same: what stands for something stands in both', () => {
  const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
  const compare = (english: object, german: object, path: string) => {
    for (const [name, text] of Object.entries(english)) {
      const other = (german as Record<string, unknown>)[name];
      if (typeof text === 'string')
        expect([`${path}.${name}`, placeholders(String(other))]).toEqual([`${path}.${name}`, placeholders(text)]);
      else compare(text, other as object, `${path}.${name}`);
    }
  };
  compare(wordsIn('en').say, wordsIn('de').say, '');
});

test('how long something lasts is written as long as it needs', () => {
  const { times } = wordsIn('en');
  expect([0, 61_000, 599_001, 3_725_000, 90_000_000].map((ms) => times.left(ms))).toEqual([
    '0:00',
    '1:01',
    '10:00',
    '1:02:05',
    '1 day 1 hour',
  ]);
});
