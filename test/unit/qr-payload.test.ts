import { verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQrPayload, signQrPayload } from '../../src/tickets/qr-payload.ts';
import { toSigningKeys } from '../../src/tickets/signing-keys.ts';
import { signingJwk } from '../support/signing-keys.ts';

const TICKET = { eventId: 7, code: '7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ' };
const BAD = { kind: 'bad' };
const [older, newer] = [signingJwk('old_1'), signingJwk('new-2')];
const keys = toSigningKeys([older]);
const payload = signQrPayload(keys, TICKET);

test('a payload names its key, event and ticket, and anybody can check it with the public key', () => {
  const [, signed = '', signature = ''] =
    /^(BO1\.old_1\.7\.7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ)\.([\w-]{86})$/.exec(payload) ?? [];
  const [publicKey] = [...keys.verifiers.values()];
  if (!publicKey) throw new Error('no key');
  expect(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(keys.publicSet).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'old_1', x: older.x, use: 'sig', alg: 'EdDSA' }],
  });
});

test('a payload is the same every time, so that what is printed twice is one ticket', () => {
  expect(signQrPayload(toSigningKeys([older]), TICKET)).toBe(payload);
});

test('what was signed is read, whatever the event and the code that an issuer chose', () => {
  const eventId = fc.integer({ min: 1, max: 2_147_483_647 });
  const code = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme-composite' }).filter((s) => s.length <= 64);
  fc.assert(
    fc.property(eventId, code, (event, ticket) => {
      const read = readQrPayload(keys, signQrPayload(keys, { eventId: event, code: ticket }));
      expect(read).toEqual({ kind: 'ours', eventId: event, code: ticket });
    }),
  );
});

test('keys can be exchanged: the first signs, and tickets of the others stay good until their key is gone', () => {
  const rotated = toSigningKeys([newer, older]);
  expect(signQrPayload(rotated, TICKET)).toMatch(/^BO1\.new-2\./);
  expect(readQrPayload(rotated, payload)).toEqual({ kind: 'ours', ...TICKET });
  expect(readQrPayload(toSigningKeys([newer]), payload)).toEqual(BAD);
});

describe('no payload but ours is good', () => {
  test('when one bit is flipped, whichever it is', () => {
    const bytes = Buffer.from(payload);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(readQrPayload(keys, flipped.toString('latin1')), `bit ${bit}`).toEqual(BAD);
    }
  });

  test('when another box office signed it, by a key of another name or of the same', () => {
    expect(readQrPayload(toSigningKeys([signingJwk('other')]), payload)).toEqual(BAD);
    expect(readQrPayload(toSigningKeys([signingJwk('old_1')]), payload)).toEqual(BAD);
  });

  test('when its signature belongs to another event or ticket', () => {
    const signature = payload.split('.').at(-1);
    expect(readQrPayload(keys, `BO1.old_1.8.${TICKET.code}.${signature}`)).toEqual(BAD);
    expect(readQrPayload(keys, `BO1.old_1.7.${TICKET.code.slice(1)}.${signature}`)).toEqual(BAD);
  });

  test.each([
    ['nothing', ''],
    ['an address', 'https://shop.example/tickets/1'],
    ['a later kind', payload.replace('BO1', 'BO2')],
    ['one with a line end', `${payload}\n`],
    ['one with a padded signature', `${payload}==`],
    ['one of an event with a zero before it', payload.replace('.7.', '.07.')],
    ['one without its signature', payload.slice(0, payload.lastIndexOf('.'))],
    ['10 KB of it', payload + 'A'.repeat(10_240)],
    ['10 KB of dots', `BO1.${'.'.repeat(10_240)}`],
    ['half a character', `BO1.old_1.7.\ud800.${'A'.repeat(86)}`],
  ])('when it is %s', (_name, text) => {
    expect(readQrPayload(keys, text)).toEqual(BAD);
  });

  test('when it is anything at all, and nothing throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600, unit: 'binary' }), (text) => {
        expect(readQrPayload(keys, text)).toEqual(BAD);
        expect(readQrPayload(keys, `BO1.old_1.${text}`)).toEqual(BAD);
      }),
    );
  });
});

test('a text of more than 512 characters is refused before anything is done with it', () => {
  const touched: string[] = [];
  const long = Object.assign(Object(payload.padEnd(513, 'A')), { toString: () => touched.push('read') });
  expect(readQrPayload(keys, long)).toEqual(BAD);
  expect(touched).toEqual([]);
});
