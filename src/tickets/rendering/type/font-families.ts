import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A font comes in slices, each for some of its characters, so that only what is printed is read. */
export interface FontSlice {
  readonly name: string;
  readonly file: string;
  /** Whether it is the slice for a code point; the font itself may still lack it. */
  claims(codePoint: number): boolean;
}

export const FAMILIES = [
  'noto-sans',
  'noto-sans-hebrew',
  'noto-sans-thai',
  'noto-sans-jp',
  'noto-sans-kr',
  'noto-sans-sc',
  'noto-sans-arabic',
  'noto-emoji',
] as const;
export type Family = (typeof FAMILIES)[number];

const { resolve } = createRequire(import.meta.url);
const inPackage = (family: Family, file: string) => resolve(`@fontsource-variable/${family}/${file}`);

export function slicesOf(family: Family): FontSlice[] {
  const ranges = JSON.parse(readFileSync(inPackage(family, 'unicode.json'), 'utf8')) as Record<string, string>;
  return Object.entries(ranges).map(([key, range]) => {
    const name = `${family}-${key.replace(/[[\]]/g, '')}`;
    return { name, file: inPackage(family, `files/${name}-wght-normal.woff2`), claims: within(range) };
  });
}

/** @param range as CSS writes unicode-range: `U+23,U+30-39` */
function within(range: string): (codePoint: number) => boolean {
  const spans = range.split(',').map((span) => {
    const [first = '', last = first] = span.replace('U+', '').split('-');
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const;
  });
  return (codePoint) => spans.some(([first, last]) => first <= codePoint && codePoint <= last);
}
