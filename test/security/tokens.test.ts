import { CloseCode } from 'graphql-ws';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { createEvent, graphql } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { openSubscriber } from '../support/subscriber.ts';
import { bearer, JWT_ENV, SECRET, token } from '../support/tokens.ts';
import { handmade, hs256, withClaims } from './handmade-token.ts';

const ENV = { ...JWT_ENV, AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'box-office' };
const GOOD = { issuer: ENV.AUTH_ISSUER, audience: ENV.AUTH_AUDIENCE };
const NOW_S = Math.floor(Date.now() / 1_000);
const DAY_S = 86_400;
const CLAIMS = { sub: '1', exp: NOW_S + 600, iss: GOOD.issuer, aud: GOOD.audience, role: 'organizer' };

const { exp: _exp, ...withoutExp } = CLAIMS;
const { sub: _sub, ...withoutSub } = CLAIMS;

describe('with AUTH_MODE=jwt and a secret', () => {
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: ENV });
    eventId = String((await office.container.createEvent({ title: 'Concert', capacity: 100 })).id);
  });
  afterAll(() => office.close());

  const report = (headers: Record<string, string>) => graphql(office.url, '{ report { totalCapacity } }', {}, headers);
  const publicQuery = (headers: Record<string, string>) =>
    graphql<{ event: { id: string } }>(
      office.url,
      'query ($id: ID!) { event(id: $id) { id } }',
      { id: eventId },
      headers,
    );

  test('a good token says who asks, and which role they have', async () => {
    expect((await report(await bearer('1', { ...GOOD, role: 'organizer' }))).errors).toBeUndefined();
    expect(
      (await report({ authorization: `Bearer ${hs256({ ...CLAIMS, role: undefined, roles: ['organizer', 'x'] })}` }))
        .errors,
    ).toBeUndefined();
    expect((await report(await bearer('1', GOOD))).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await report({})).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const lower = `bearer ${await token('1', { ...GOOD, role: 'organizer' })}`;
    expect((await report({ authorization: lower })).errors).toBeUndefined();
  });

  test('a role that is none of ours makes nobody more than a buyer', async () => {
    for (const role of ['admin', 'Organizer', '', 7, null, ['organizer'], { organizer: true }]) {
      const { errors } = await report({ authorization: `Bearer ${hs256({ ...CLAIMS, role })}` });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  const BAD: [string, string][] = [
    ['signed with another secret', hs256(CLAIMS, `${SECRET}x`)],
    ['without a signature, alg none', handmade({ alg: 'none' }, CLAIMS, null)],
    ['alg None', handmade({ alg: 'None' }, CLAIMS, null)],
    ['alg none with our signature', handmade({ alg: 'none' }, CLAIMS, SECRET)],
    ['alg HS512 over a SHA-256 signature', handmade({ alg: 'HS512' }, CLAIMS, SECRET)],
    ['without alg', handmade({ typ: 'JWT' }, CLAIMS, SECRET)],
    ['with a critical header we do not know', handmade({ alg: 'HS256', crit: ['x'], x: 1 }, CLAIMS, SECRET)],
    ['claims exchanged under a good signature', withClaims(hs256({ ...CLAIMS, role: 'staff' }), CLAIMS)],
    ['expired', hs256({ ...CLAIMS, exp: NOW_S - 60 })],
    ['without an end', hs256(withoutExp)],
    ['with an end that is no number', hs256({ ...CLAIMS, exp: 'tomorrow' })],
    ['not yet valid', hs256({ ...CLAIMS, nbf: NOW_S + 600 })],
    ['of another issuer', hs256({ ...CLAIMS, iss: 'https://other.example' })],
    ['without an issuer', hs256({ ...CLAIMS, iss: undefined })],
    ['for another audience', hs256({ ...CLAIMS, aud: 'other' })],
    ['for many audiences, not ours', hs256({ ...CLAIMS, aud: ['other', 'box'] })],
    ['without a subject', hs256(withoutSub)],
    ['with an empty subject', hs256({ ...CLAIMS, sub: '' })],
    ['with a subject of 256 characters', hs256({ ...CLAIMS, sub: 'x'.repeat(256) })],
    ['with a control character in the subject', hs256({ ...CLAIMS, sub: '1\u0000' })],
    ['with a number as subject', hs256({ ...CLAIMS, sub: 1 })],
    ['claims that are no object', hs256(['organizer'])],
    ['five parts, as if encrypted', 'a.b.c.d.e'],
    ['two parts', 'a.b'],
    ['no token', 'organizer'],
  ];

  test.each(BAD)('a token %s is refused by every transport, also for what is public', async (_name, bad) => {
    const authorization = `Bearer ${bad}`;
    const overGraphql = await publicQuery({ authorization });
    expect(overGraphql).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const overRest = await send(office.url, { path: `/event/${eventId}`, headers: { authorization } });
    expect(overRest.status).toBe(401);
    expect(overRest.headers.get('www-authenticate')).toBe('Bearer');
    expect(overRest.body).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    const { closed } = openSubscriber(office.websocketUrl, { authorization });
    expect([CloseCode.Unauthorized, CloseCode.Forbidden]).toContain((await closed).code);
  });

  test.each([
    ['Basic', 'Basic b3JnYW5pemVyOg=='],
    ['a bare token', hs256(CLAIMS)],
    ['nothing after Bearer', 'Bearer'],
    ['two tokens', `Bearer ${hs256(CLAIMS)}, Bearer ${hs256(CLAIMS)}`],
    ['no text', 7],
    ['a list', [`Bearer ${hs256(CLAIMS)}`]],
  ])('an Authorization of %s is refused', async (_name, authorization) => {
    const { closed } = openSubscriber(office.websocketUrl, { authorization });
    expect((await closed).code).toBe(CloseCode.Unauthorized);
    if (typeof authorization !== 'string') return;
    expect((await publicQuery({ authorization })).status).toBe(401);
    expect((await send(office.url, { path: `/event/${eventId}`, headers: { authorization } })).status).toBe(401);
  });

  test('the public key of someone else does not pass as our secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const signed = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const confused = hs256(CLAIMS, await exportSPKI(publicKey));
    for (const forged of [signed, confused]) {
      expect((await publicQuery({ authorization: `Bearer ${forged}` })).status).toBe(401);
    }
  });

  test('a socket is told apart: an expired token may come back, a forged one need not', async () => {
    const expired = openSubscriber(office.websocketUrl, await bearer('1', { ...GOOD, ttlSeconds: -60 }));
    expect((await expired.closed).code).toBe(CloseCode.Forbidden);
    const forged = openSubscriber(office.websocketUrl, await bearer('1', { ...GOOD, secret: 'y'.repeat(40) }));
    expect((await forged.closed).code).toBe(CloseCode.Unauthorized);
  });

  test('a socket is closed when its token ends', async () => {
    const { subscribe, closed } = openSubscriber(office.websocketUrl, await bearer('1', { ...GOOD, ttlSeconds: 2 }));
    const query = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';
    await subscribe(query, { id: eventId }).next();
    expect(await closed).toMatchObject({ code: CloseCode.Forbidden, reason: 'Forbidden: the token has expired' });
  });

  test('a socket whose token ends later than any timer can wait stays open', async () => {
    const { subscribe, closed } = openSubscriber(
      office.websocketUrl,
      await bearer('1', { ...GOOD, ttlSeconds: 30 * DAY_S }),
    );
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    const query = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';
    for (let time = 0; time < 3; time++) await subscribe(query, { id: eventId }).next();
    expect(isClosed).toBe(false);
  });

  test('a token that was seen before is refused once it has ended', async () => {
    const now = { value: new Date() };
    const other = await openBoxOffice('embedded', { env: ENV, overrides: { now: () => now.value } });
    const headers = await bearer('1', { ...GOOD, role: 'organizer', ttlSeconds: 60 });
    expect((await graphql(other.url, '{ report { totalCapacity } }', {}, headers)).status).toBe(200);
    now.value = new Date(now.value.getTime() + 66_000);
    expect((await graphql(other.url, '{ report { totalCapacity } }', {}, headers)).status).toBe(401);
    await other.close();
  });

  test('who books is the bearer, over GraphQL and REST', async () => {
    const headers = await bearer('42', GOOD);
    const query = 'mutation ($id: ID!) { bookTicket(input: { eventId: $id }) { ... on Booking { userId } } }';
    const answer = await graphql<{ bookTicket: { userId: string } }>(office.url, query, { id: eventId }, headers);
    expect(answer.data?.bookTicket.userId).toBe('42');
    const booked = await send(office.url, { path: '/book', headers, body: { event_id: Number(eventId) } });
    expect(booked.body).toMatchObject({ user_id: 42, status: 'PENDING' });
  });
});

test('with AUTH_MODE=off everybody may do everything, and tokens are not looked at', async () => {
  const office = await openBoxOffice('embedded');
  const headers = { authorization: 'Bearer whatever' };
  expect((await graphql(office.url, '{ report { totalCapacity } }', {}, headers)).status).toBe(200);
  const eventId = await createEvent(office.url, { capacity: 1 });
  const query = 'mutation ($id: ID!) { bookTicket(input: { eventId: $id }) { __typename } }';
  const { errors } = await graphql(office.url, query, { id: eventId });
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  await office.close();
});
