import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { paragraphs, text, title } from '../../src/input-checks.ts';

const document: unknown = JSON.parse(readFileSync(new URL('../../schema/openapi.json', import.meta.url), 'utf8'));

interface Described {
  readonly pattern?: string;
  readonly examples?: readonly string[];
  readonly schema?: Described;
  readonly example?: string;
}

/** Every pattern of the document, and what stands beside it as an example. */
const patterns = new Map<string, string[]>();
for (const open = [document]; open.length > 0; ) {
  const node = open.pop();
  if (typeof node !== 'object' || node === null) continue;
  const { pattern, examples = [], schema, example } = node as Described;
  if (typeof pattern === 'string') note(pattern, examples);
  if (typeof schema?.pattern === 'string' && example !== undefined) note(schema.pattern, [example]);
  open.push(...Object.values(node));
}

function note(pattern: string, examples: readonly string[]): void {
  patterns.set(pattern, [...(patterns.get(pattern) ?? []), ...examples]);
}

test('the document has patterns, with examples', () => {
  expect(patterns.size).toBeGreaterThanOrEqual(2);
  expect([...patterns.values()].flat()).toContain('Concert');
});

describe.each([...patterns])('the pattern %s', (pattern, examples) => {
  const texts = [...examples, 'Concert', 'Ostermarsch 🎫', '8e03978e-40d5-43dd-bc93-6894a57f9324'];

  test.each(['', 'u', 'v'])('fits every example with the JavaScript flags "%s"', (flags) => {
    for (const text of texts) expect(text).toMatch(new RegExp(pattern, flags));
    for (const text of ['a\u0000', '\u009f', 'a\u000bb']) expect(text).not.toMatch(new RegExp(pattern, flags));
  });

  test('has nothing that Python, Go or Java would read in another way, or not at all', () => {
    // Names of properties, four-digit escapes, groups that look around, and classes within classes.
    expect(pattern).not.toMatch(/\\[pPuUkN]|\(\?|\[[^\]]*(\[|&&|--)/);
  });
});

test('only the pattern of texts in lines takes line breaks and tabs', () => {
  const takes = (pattern: string) => ['a\nb', 'a\r\nb', 'a\tb'].map((lines) => new RegExp(pattern, 'u').test(lines));
  const ofLines = String(z.toJSONSchema(paragraphs(0, 9)).pattern);
  expect([...patterns.keys()]).toContain(ofLines);
  expect(takes(ofLines)).toEqual([true, true, true]);
  for (const pattern of patterns.keys()) if (pattern !== ofLines) expect(takes(pattern)).toEqual([false, false, false]);
});

test('the patterns refuse every control character, and nothing else that has one code unit, or two', () => {
  const [plain, notBlank] = [text(0, 9), title(0, 9)].map(
    (rules) => new RegExp(String(z.toJSONSchema(rules).pattern), 'u'),
  );
  const wrong: string[] = [];
  for (const codePoint of [...Array(0x10000).keys(), 0x1f3ab, 0x10ffff]) {
    const character = String.fromCodePoint(codePoint);
    const isControl = /\p{Cc}/u.test(character);
    const isBlank = isControl || /\s/u.test(character);
    const fits = [plain?.test(character), notBlank?.test(`a${character}`), notBlank?.test(character)];
    if (`${fits}` !== `${[!isControl, !isControl, !isBlank]}`) wrong.push(codePoint.toString(16));
  }
  expect(wrong).toEqual([]);
});
