import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteKeys } from '../../src/auth/token-keys.ts';
import { TokenVerifier } from '../../src/auth/token-verifier.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { graphql } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { hs256 } from './handmade-token.ts';

type Algorithm = 'RS256' | 'ES256' | 'EdDSA';

const AUDIENCE = 'https://tickets.example';

interface Key {
  readonly jwk: JWK;
  readonly publicKey: CryptoKey;
  readonly token: (claims?: object) => Promise<string>;
}

async function createKey(alg: Algorithm, kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const claims = { sub: 'alice', role: 'organizer', aud: AUDIENCE, exp: Math.floor(Date.now() / 1_000) + 600 };
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    publicKey,
    token: (more = {}) => new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg, kid }).sign(privateKey),
  };
}

describe('with AUTH_JWKS_URL', () => {
  let server: Server;
  let url: string;
  let shown: readonly JWK[];
  let answers: 'keys' | 'errors' | 'nothing' | 'other things' | 'without end' | 'drop by drop';
  let asked: number;
  let askedWith: IncomingHttpHeaders;
  /** What the endless answer has brought so far. */
  let sentBytes: number;

  beforeEach(async () => {
    [shown, answers, asked, sentBytes] = [[], 'keys', 0, 0];
    server = createServer((request, response) => {
      asked++;
      askedWith = request.headers;
      if (answers === 'nothing') return;
      response.writeHead(answers === 'errors' ? 500 : 200, { 'content-type': 'application/json' });
      if (answers === 'without end') sendWithoutEnd(response);
      else if (answers === 'drop by drop') response.write('{"keys":[');
      else response.end(JSON.stringify(answers === 'other things' ? { keys: 'none' } : { keys: shown }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function sendWithoutEnd(response: ServerResponse): void {
    const chunk = Buffer.alloc(65_536, ' ');
    const send = () => {
      if (response.destroyed) return;
      sentBytes += chunk.length;
      if (response.write(chunk)) setImmediate(send);
    };
    response.on('drain', send);
    send();
  }

  /** @param cooldownMs how soon after its last answer the URL may be asked again for an unknown key */
  async function withVerifier(cooldownMs: number, use: (verifier: TokenVerifier) => Promise<void>): Promise<void> {
    const verifier = new TokenVerifier(
      remoteKeys(url, createLogger('silent'), cooldownMs),
      { issuer: null, audience: null },
      () => new Date(),
    );
    await use(verifier);
    verifier.close();
  }

  const refused = { code: 'UNAUTHENTICATED' };
  const unavailable = { code: 'SERVICE_UNAVAILABLE' };

  test.each<Algorithm>(['RS256', 'ES256', 'EdDSA'])('%s tokens of a shown key are good', async (alg) => {
    const key = await createKey(alg, 'one');
    shown = [key.jwk];
    const office = await openBoxOffice('embedded', {
      env: { AUTH_MODE: 'jwt', AUTH_JWKS_URL: url, AUTH_AUDIENCE: AUDIENCE },
    });
    const headers = { authorization: `Bearer ${await key.token()}` };
    expect(await graphql(office.url, '{ report { totalCapacity } }', {}, headers)).toMatchObject({ status: 200 });
    const stranger = await createKey(alg, 'one');
    const forged = { authorization: `Bearer ${await stranger.token()}` };
    expect(await graphql(office.url, '{ report { totalCapacity } }', {}, forged)).toMatchObject({ status: 401 });
    // The identity provider signs for others with the same key.
    for (const aud of ['https://wiki.example', undefined]) {
      const elsewhere = { authorization: `Bearer ${await key.token({ aud })}` };
      expect(await graphql(office.url, '{ events { edges { cursor } } }', {}, elsewhere)).toMatchObject({
        status: 401,
      });
    }
    await office.close();
  });

  test('a public key is no shared secret: HS256 is refused whatever it was signed with', async () => {
    const key = await createKey('RS256', 'one');
    shown = [key.jwk];
    await withVerifier(0, async (verifier) => {
      const secrets = [await exportSPKI(key.publicKey), JSON.stringify(key.jwk), key.jwk.n as string, ''];
      for (const secret of secrets) {
        const claims = { sub: 'alice', role: 'organizer', exp: Math.floor(Date.now() / 1_000) + 600 };
        await expect(verifier.verify(hs256(claims, secret, { kid: 'one' }))).rejects.toMatchObject(refused);
      }
      await expect(verifier.verify(await key.token())).resolves.toMatchObject({ userId: 'alice' });
    });
  });

  test('an answer without end is not read to its end', async () => {
    const key = await createKey('ES256', 'one');
    answers = 'without end';
    await withVerifier(0, async (verifier) => {
      await expect(verifier.verify(await key.token())).rejects.toMatchObject(unavailable);
      // No more than the buffers of both ends took before we hung up.
      expect(sentBytes).toBeLessThan(20 * 1_024 * 1_024);
    });
  });

  test('credentials in the URL are sent as a header', async () => {
    const key = await createKey('ES256', 'one');
    shown = [key.jwk];
    url = url.replace('//', '//box%20office:p%40ss@');
    await withVerifier(0, async (verifier) => {
      await expect(verifier.verify(await key.token())).resolves.toMatchObject({ userId: 'alice' });
      expect(askedWith.authorization).toBe(`Basic ${Buffer.from('box office:p@ss').toString('base64')}`);
    });
  });

  test('a new key is found when its first token comes', async () => {
    const [first, second] = [await createKey('ES256', 'one'), await createKey('ES256', 'two')];
    shown = [first.jwk];
    await withVerifier(0, async (verifier) => {
      await verifier.verify(await first.token());
      await expect(verifier.verify(await second.token())).rejects.toMatchObject(refused);
      shown = [second.jwk];
      await expect(verifier.verify(await second.token())).resolves.toMatchObject({ userId: 'alice' });
      await expect(verifier.verify(await first.token({ sub: 'bob' }))).rejects.toMatchObject(refused);
    });
  });

  test('tokens with made-up keys do not make us ask again and again', async () => {
    const key = await createKey('ES256', 'one');
    shown = [key.jwk];
    await withVerifier(60_000, async (verifier) => {
      await verifier.verify(await key.token());
      const before = asked;
      for (let i = 0; i < 50; i++) {
        const stranger = await createKey('EdDSA', `made-up-${i}`);
        await expect(verifier.verify(await stranger.token())).rejects.toMatchObject(refused);
      }
      expect(asked).toBe(before);
    });
  });

  test.each(['errors', 'nothing', 'other things', 'without end', 'drop by drop'] as const)(
    'known keys stay good while the URL answers %s, others are not decided',
    async (trouble) => {
      const [known, unknown] = [await createKey('ES256', 'one'), await createKey('ES256', 'two')];
      shown = [known.jwk];
      await withVerifier(0, async (verifier) => {
        await verifier.verify(await known.token());
        answers = trouble;
        await expect(verifier.verify(await known.token({ sub: 'bob' }))).resolves.toMatchObject({ userId: 'bob' });
        await expect(verifier.verify(await unknown.token())).rejects.toMatchObject(unavailable);
        answers = 'keys';
        await expect(verifier.verify(await unknown.token())).rejects.toMatchObject(refused);
      });
    },
  );

  test('a box office opens without the URL, answers 503 for tokens and 200 for what is public, and recovers', async () => {
    const key = await createKey('ES256', 'one');
    shown = [key.jwk];
    answers = 'errors';
    const env = { AUTH_MODE: 'jwt', AUTH_JWKS_URL: url, AUTH_AUDIENCE: AUDIENCE, LOG_LEVEL: 'silent' };
    const office = await openBoxOffice('embedded', { env });
    const headers = { authorization: `Bearer ${await key.token()}` };
    const report = () => graphql(office.url, '{ report { totalCapacity } }', {}, headers);
    expect(await report()).toMatchObject({ status: 503, errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
    const overRest = await send(office.url, { path: '/report', headers });
    expect([overRest.status, overRest.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await graphql(office.url, '{ events { edges { cursor } } }')).toMatchObject({ status: 200 });
    answers = 'keys';
    expect(await report()).toMatchObject({ status: 200 });
    await office.close();
  });
});
