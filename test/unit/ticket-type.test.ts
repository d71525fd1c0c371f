import { describe, expect, test } from 'vitest';
import { fitText } from '../../src/tickets/rendering/type/fit-text.ts';
import { FontShelf } from '../../src/tickets/rendering/type/font-shelf.ts';
import { prepareText } from '../../src/tickets/rendering/type/prepared-text.ts';
import { shapeLine } from '../../src/tickets/rendering/type/shape-line.ts';
import { HOSTILE_TITLES } from '../support/hostile-titles.ts';

const shelf = new FontShelf();
const REPLACEMENT = '\uFFFD';
const ROOM = { width: 435, maxHeight: 176, size: 36, leading: 1.2 };

const prepared = (text: string) => prepareText(shelf, text, 700);

/** As it is seen, from left to right, each run with its glyphs. */
async function shaped(text: string) {
  return shapeLine((await prepared(text)).clusters).map(({ font, text: letters, features }) => {
    return { letters, glyphs: font.layout(letters, features).glyphs.map(({ id }) => id) };
  });
}

const glyphsOf = async (text: string) => (await shaped(text)).flatMap(({ glyphs }) => glyphs);

describe('each of these is printed with glyphs of its own', () => {
  test.each([
    ['Latin', 'Zażółć gęślą jaźń, Ærøskøbing, İstanbul, Tiếng Việt, ß ﬁ — “…” € ₿ №'],
    ['Cyrillic', 'Ночь музыки, Ђурђевдан, Їжак'],
    ['Greek', 'Νύχτα μουσικής, ᾠδή'],
    ['Arabic', 'أمسية موسيقية، پژوهش، ٢٠٢٦'],
    ['Hebrew', 'קוֹנְצֶרְט חגיגי'],
    ['Thai and Devanagari', 'คืนแห่งดนตรี संगीत की रात'],
    ['Japanese', '夜の音楽「第九」コンサート～'],
    ['Chinese, both ways', '中文音乐会 中文音樂會'],
    ['Korean', '한국 밤의 음악 大韓民國'],
    ['signs', '★ ♪ → √ ∞ ✓'],
    ['emoji', '🎉❤️🏴‍☠️1️⃣🦄'],
  ])('%s', async (_script, text) => {
    const runs = await shaped(text);
    expect(runs.map(({ letters }) => letters).join('')).not.toContain(REPLACEMENT);
    expect(await glyphsOf(text)).not.toContain(0);
  });
});

test('what no font has is a mark that is seen, and nothing is dropped', async () => {
  const runs = await shaped('a\u0007b\uE000\u{10FFFF}c');
  expect(runs.map(({ letters }) => letters).join('')).toBe(`a${REPLACEMENT}b${REPLACEMENT}${REPLACEMENT}c`);
});

test.each([
  ['a family', '👩‍👩‍👧‍👦'],
  ['a flag', '🇩🇪'],
  ['a tone of skin', '👍🏽'],
])('%s of emoji is one glyph', async (_what, emoji) => {
  expect(await glyphsOf(emoji)).toHaveLength(1);
});

test('Arabic letters are joined, and the first one stands to the right', async () => {
  const [joined = [], alone = [], other = []] = await Promise.all(['سسس', 'س', 'سم'].map(glyphsOf));
  expect(new Set([...joined, ...alone]).size).toBe(4);
  expect(other.at(-1)).toBe(joined.at(-1));
  expect(other.at(0)).not.toBe(joined.at(0));
});

test('directions are mixed as people read them, and brackets open to the side of their text', async () => {
  const runs = await shaped('שלום (Live 2026) בערב');
  expect(runs.map(({ letters }) => letters)).toEqual(['בערב', '( ', 'Live 2026', ')', 'שלום ']);
});

describe.each(Object.entries(HOSTILE_TITLES))('a title of %s', (_what, title) => {
  test('fits its room with all of its letters', async () => {
    const text = await prepared(title);
    const { lines, height, width } = fitText(text, ROOM);
    expect(height).toBeLessThanOrEqual(ROOM.maxHeight);
    expect(width).toBeLessThanOrEqual(ROOM.width * 1.001);
    const set = lines.flatMap(({ runs }) => [...runs].map(({ text: letters }) => letters)).join('');
    const letters = (all: string) => [...all.replaceAll(' ', '')].sort().join('');
    expect(letters(set)).toBe(letters(text.clusters.map(({ printed }) => printed).join('')));
  });
});

test.each([
  [
    'between words where it can',
    'An Evening with the Berlin Philharmonic',
    ['An Evening with the', 'Berlin Philharmonic'],
  ],
  [
    'after a long word that becomes a little smaller',
    'Straßenmusikantenfestspiele 2027',
    ['Straßenmusikantenfestspiele', '2027'],
  ],
])('a line ends %s', async (_where, title, expected) => {
  const { lines } = fitText(await prepared(title), ROOM);
  expect(lines.map(({ runs }) => runs.map(({ text }) => text).join(''))).toEqual(expected);
});

test('a word that is wider than a line is broken, and stays as large as its room allows', async () => {
  const { lines, size } = fitText(await prepared('W'.repeat(200)), ROOM);
  expect(lines.length).toBeGreaterThan(5);
  expect(size).toBeGreaterThan(15);
});
