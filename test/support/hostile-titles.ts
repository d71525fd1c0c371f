/** Of up to 200 characters, as long as a title may be. */
export const HOSTILE_TITLES = {
  '200 emoji': '🎉🎸🔥❤'.repeat(50),
  'families, flags and joiners': '👩‍👩‍👧‍👦🇩🇪👍🏽\u200D'.repeat(14),
  '200 Chinese characters': '東京交響楽団定期演奏会第九年末特別公演の夜'.repeat(10).slice(0, 200),
  'one word of 200 letters': 'W'.repeat(200),
  'one Arabic word': 'س'.repeat(200),
  'the widest sign there is': '﷽'.repeat(200),
  '199 accents on one letter': `Z${'\u0301'.repeat(199)}`,
  'accents that no font has': `Z${'\u0301\u0316\u0353\u033F'.repeat(49)}`,
  'directions that change all the time': 'a ש (1) \u202Eب\u202C '.repeat(15),
  'control characters': '\u0000\u0007\u001B[31m\u2028\u0085\t x '.repeat(10),
} as const;
