import { expect, test } from 'vitest';
import { emailAddress } from '../../src/bookings/email-address.ts';

const rule = emailAddress();
const problemOf = (address: string) => rule.safeParse(address).error?.issues.map(({ message }) => message);

test.each([
  'ada@example.com',
  "a.b+c_d'e@mail.shop.example",
  'zoe@βιβλία.example',
  'a@例え.jp',
  'x@xn--e1afmkfd.xn--p1ai',
  `${'l'.repeat(64)}@${'d'.repeat(63)}.example`,
])('%s is an address', (address) => {
  expect(problemOf(address)).toBeUndefined();
});

test.each([
  ['no @', 'ada'],
  ['a host without a name', 'ada@localhost'],
  ['an IP address', 'ada@127.0.0.1'],
  ['two addresses', 'ada@example.com,bob@example.com'],
  ['two addresses and a space', 'ada@example.com, bob@example.com'],
  ['a line end and a header', 'ada@example.com\r\nBcc: bob@example.com'],
  ['a line end before it', '\nada@example.com'],
  ['a zero byte', 'ada@example.com\u0000'],
  ['a name before it', 'Ada <ada@example.com>'],
  ['quotes', '"ada lovelace"@example.com'],
  ['an empty label', 'ada@example..com'],
  ['a dot at its end', 'ada@example.com.'],
  ['a label of 64 characters', `ada@${'d'.repeat(64)}.com`],
  ['65 characters before the @', `${'l'.repeat(65)}@example.com`],
  ['nothing', ''],
])('%s is no address', (_what, address) => {
  expect(problemOf(address)).toEqual(['must be one address such as ada@example.com']);
});

test('10 KB are refused at once, and said to be too long', () => {
  for (const long of ['a.', 'a@', '@', 'a'].map((part) => part.repeat(10_240 / part.length))) {
    const since = performance.now();
    expect(problemOf(`${long}@example.com`)).toEqual(['must have at most 254 characters']);
    expect(performance.now() - since).toBeLessThan(50);
  }
});
