import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { SigningJwk } from '../configuration/signing-key-set.ts';
import type { Database } from '../platform/database.ts';
import { randomCode } from '../platform/random-code.ts';

/** The keys that tickets are signed and checked with: the first signs, all of them check. */
export interface SigningKeys {
  readonly signer: { readonly kid: string; readonly key: KeyObject };
  /** Public keys by their ids. */
  readonly verifiers: ReadonlyMap<string, KeyObject>;
  /** Their public parts as a JWK set (RFC 7517), for whoever checks tickets elsewhere. */
  readonly publicSet: { readonly keys: readonly PublicJwk[] };
}

type PublicJwk = Omit<SigningJwk, 'd'> & { readonly use: 'sig'; readonly alg: 'EdDSA' };

export interface SigningKeyParts {
  readonly db: Database;
  readonly now: () => Date;
  /** null: one key, which is made when there is none yet, and kept in the database. */
  readonly configured: readonly SigningJwk[] | null;
}

/** @returns what gives the keys, and asks for them once; the promise rejects while the database is needed and away */
export function signingKeysOf(parts: SigningKeyParts): () => Promise<SigningKeys> {
  let keys: Promise<SigningKeys> | undefined;
  return () => {
    keys ??= openSigningKeys(parts).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return keys;
  };
}

async function openSigningKeys({ db, now, configured }: SigningKeyParts): Promise<SigningKeys> {
  return toSigningKeys(configured ?? [await keyOfDatabase(db, now())]);
}

/** @param jwks at least one */
export function toSigningKeys(jwks: readonly SigningJwk[]): SigningKeys {
  const keys = jwks.map((jwk) => ({ kid: jwk.kid, key: createPrivateKey({ key: { ...jwk }, format: 'jwk' }) }));
  return {
    signer: keys[0] as SigningKeys['signer'],
    verifiers: new Map(keys.map(({ kid, key }) => [kid, createPublicKey(key)])),
    publicSet: { keys: jwks.map(({ d, ...jwk }) => ({ ...jwk, use: 'sig', alg: 'EdDSA' })) },
  };
}

/** Of several processes that make one at the same moment, all get the same. */
async function keyOfDatabase(db: Database, now: Date): Promise<SigningJwk> {
  const kept = await readKey(db);
  if (kept) return kept;
  const jwk = newSigningJwk();
  await db.transaction('signing-key', (tx) =>
    sql`
      insert into signing_keys (purpose, kid, jwk, created_at)
      values ('tickets', ${jwk.kid}, ${JSON.stringify(jwk)}, ${db.timestamp(now)})
      on conflict do nothing`.execute(tx.getKysely()),
  );
  return (await readKey(db)) as SigningJwk;
}

async function readKey(db: Database): Promise<SigningJwk | undefined> {
  const { rows } = await sql<{ jwk: string }>`select jwk from signing_keys where purpose = 'tickets'`.execute(
    db.em().getKysely(),
  );
  return rows[0] && (JSON.parse(rows[0].jwk) as SigningJwk);
}

/** 20 random bits behind the clock tell the few keys of a box office apart, and keep its QR codes small. */
const KEY_ID_RANDOM_LENGTH = 4;

function newSigningJwk(): SigningJwk {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', kid: randomCode(KEY_ID_RANDOM_LENGTH), x: x as string, d: d as string };
}
