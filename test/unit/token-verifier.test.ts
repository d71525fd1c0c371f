import { errors, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import type { TokenKeys } from '../../src/auth/token-keys.ts';
import { type ExpectedClaims, TokenExpired, TokenVerifier } from '../../src/auth/token-verifier.ts';

const SECRET = new TextEncoder().encode('a-secret-of-the-tests-that-is-long-enough');
const NOW = new Date('2030-01-01T12:00:00Z');
const EXP = NOW.getTime() / 1_000 + 60;
/** How wrong another host's clock may be. */
const TOLERANCE_MS = 5_000;
const ANY: ExpectedClaims = { issuer: null, audience: null };

const sign = (claims: object = {}, alg = 'HS256') =>
  new SignJWT({ sub: 'alice', exp: EXP, ...claims }).setProtectedHeader({ alg }).sign(SECRET);

function verifierOf({
  key = () => SECRET,
  expected = ANY,
}: {
  key?: () => Uint8Array;
  expected?: ExpectedClaims;
} = {}) {
  const asked = vi.fn(key);
  const close = vi.fn();
  const clock = { value: NOW };
  const keys: TokenKeys = { algorithms: ['HS256'], key: asked, close };
  return { verifier: new TokenVerifier(keys, expected, () => clock.value), asked, close, clock };
}
const verify = async (token: string, expected = ANY) => verifierOf({ expected }).verifier.verify(token);

describe('a token', () => {
  test('says who asks and until when', async () => {
    expect(await verify(await sign())).toEqual({ kind: 'buyer', userId: 'alice', expiresAtMs: EXP * 1_000 });
  });

  test.each<[unknown, unknown, string]>([
    ['organizer', undefined, 'organizer'],
    ['staff', undefined, 'staff'],
    [undefined, ['other', 'staff'], 'staff'],
    ['staff', ['organizer'], 'organizer'],
    ['admin', ['admin'], 'buyer'],
    [7, 'organizer', 'buyer'],
    [undefined, [7, 'organizer'], 'buyer'],
    [{ organizer: true }, undefined, 'buyer'],
  ])('of role %j and roles %j makes its bearer no more than that: %s', async (role, roles, kind) => {
    expect(await verify(await sign({ role, roles }))).toMatchObject({ kind });
  });

  test.each([
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['without an end', { exp: undefined }],
    ['not yet valid', { nbf: EXP }],
  ])('%s is refused', async (_what, claims) => {
    await expect(verify(await sign(claims))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('of another algorithm is refused, though its signature is right', async () => {
    await expect(verify(await sign({}, 'HS512'))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('is held against the issuer and the audience, where these are known', async () => {
    const [ours, other] = [await sign({ iss: 'us', aud: 'box-office' }), await sign({ iss: 'them', aud: 'shop' })];
    for (const known of [{ issuer: 'us' }, { audience: 'box-office' }]) {
      const expected = { ...ANY, ...known };
      expect(await verify(ours, expected)).toMatchObject({ userId: 'alice' });
      await expect(verify(other, expected)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(verify(await sign(), expected)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await verify(other)).toMatchObject({ userId: 'alice' });
  });

  test('ends at its end, with what clocks may differ, also when it was seen before', async () => {
    const token = await sign();
    const [seen, unseen] = [verifierOf(), verifierOf()];
    await seen.verifier.verify(token);
    seen.clock.value = new Date(EXP * 1_000 + TOLERANCE_MS - 1);
    unseen.clock.value = new Date(EXP * 1_000 + TOLERANCE_MS - 1_000);
    for (const { verifier } of [seen, unseen]) expect(await verifier.verify(token)).toMatchObject({ userId: 'alice' });

    const late = verifierOf();
    for (const { clock, verifier } of [seen, late]) {
      clock.value = new Date(EXP * 1_000 + TOLERANCE_MS);
      const error = await (async () => verifier.verify(token))().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TokenExpired);
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(seen.asked).toHaveBeenCalledOnce();
  });

  test('is checked once, and costs no signature when it comes again', async () => {
    const { verifier, asked } = verifierOf();
    const token = await sign();
    const viewer = await verifier.verify(token);
    expect(verifier.verify(token)).toBe(viewer);
    await verifier.verify(await sign({ sub: 'bob' }));
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

describe('keys', () => {
  test.each<[string, Error, string]>([
    ['come too late', new errors.JWKSTimeout(), 'SERVICE_UNAVAILABLE'],
    ['are none', new errors.JWKSInvalid(), 'SERVICE_UNAVAILABLE'],
    ['come with an error', new errors.JOSEError('503'), 'SERVICE_UNAVAILABLE'],
    ['cannot be reached', new Error('ECONNREFUSED'), 'SERVICE_UNAVAILABLE'],
    ['do not have the one of the token', new errors.JWKSNoMatchingKey(), 'UNAUTHENTICATED'],
  ])('that %s: %s is %s', async (_what, error, code) => {
    const { verifier } = verifierOf({
      key: () => {
        throw error;
      },
    });
    await expect(verifier.verify(await sign())).rejects.toMatchObject({ code });
  });

  test('may be one secret', async () => {
    const keys: TokenKeys = { algorithms: ['HS256'], key: SECRET, close: () => undefined };
    expect(await new TokenVerifier(keys, ANY, () => NOW).verify(await sign())).toMatchObject({ userId: 'alice' });
  });

  test('are closed with the verifier', () => {
    const { verifier, close } = verifierOf();
    verifier.close();
    expect(close).toHaveBeenCalledOnce();
  });
});
