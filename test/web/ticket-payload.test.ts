import { afterEach, describe, expect, test, vi } from 'vitest';
import { signQrPayload } from '../../src/tickets/qr-payload.ts';
import { toSigningKeys } from '../../src/tickets/signing-keys.ts';
import { readPayload } from '../../src/web/pages/door/ticket-payload.ts';
import { signingJwk } from '../support/signing-keys.ts';

const keys = toSigningKeys([signingJwk('one'), signingJwk('two')]);
const known = keys.publicSet.keys;
const code = '7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ';
const payload = signQrPayload(keys, { eventId: 7, code });

/** As browsers from before 2025 answer. */
function withoutEd25519(): void {
  vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('Unrecognized name', 'NotSupportedError'));
}

describe.each([
  ['by the browser', () => undefined],
  ['where the browser cannot', withoutEd25519],
])('a ticket is checked %s', (_name, prepare) => {
  afterEach(() => void vi.restoreAllMocks());

  test('and read when this box office has signed it', async () => {
    prepare();
    expect(await readPayload(payload, known)).toEqual({ eventId: '7', code });
  });

  test('and is nothing when one letter is another, or its key is unknown', async () => {
    prepare();
    const others = [...payload].map(
      (letter, i) => payload.slice(0, i) + (letter === 'B' ? 'C' : 'B') + payload.slice(i + 1),
    );
    const read = await Promise.all(others.map((other) => readPayload(other, known)));
    expect(read.filter((found) => found !== null)).toEqual([]);
    expect(await readPayload(payload, known.slice(1))).toBeNull();
    for (const text of ['', 'BO1.', `${payload}A`, 'https://example.com', payload.replaceAll('.', '\n')]) {
      expect(await readPayload(text, known)).toBeNull();
    }
  });

  test('and its signature is written in one way only', async () => {
    prepare();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const next = letters[letters.indexOf(payload.at(-1) ?? '') + 1];
    expect(await readPayload(payload.slice(0, -1) + next, known)).toBeNull();
  });
});
