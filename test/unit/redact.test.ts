import { expect, test } from 'vitest';
import { redact } from '../../src/platform/redact.ts';

test.each([
  ['postgresql://someone:hunter2@db:5432/boxoffice', 'postgresql://***@db:5432/boxoffice'],
  ['redis://:hunter2@cache:6379 refused', 'redis://***@cache:6379 refused'],
  ['https://id:hunter2@id.example/keys?kid=1', 'https://***@id.example/keys?kid=1'],
  ['rediss://u:p@ss%2Fw@rd@h and amqp://a:b@c', 'rediss://***@h and amqp://***@c'],
  [JSON.stringify({ url: 'redis://:p"a\\ss@h', next: 'a@b' }), '{"url":"redis://***@h","next":"a@b"}'],
  [
    JSON.stringify({ url: '/graphql?access_token=abc&first=2', status: 200 }),
    '{"url":"/graphql?access_token=***&first=2","status":200}',
  ],
  ['/event?after=x&API-Key=abc#token=1', '/event?after=x&API-Key=***#token=1'],
  ['/docs?key=abc', '/docs?key=***'],
  ['Authorization: Bearer abcdefgh.ijkl-mn==, refused', 'Authorization: Bearer ***, refused'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl seen', 'token *** seen'],
  ['/tickets/7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.pdf?size=phone', '/tickets/***.pdf?size=phone'],
  ['/tickets/%37K3M9XQ2D4TRW8HB5N6P0VCEFG1J%59Z.png', '/tickets/***.png'],
  ['/?next=%2Ftickets%2F7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.png', '/?next=%2Ftickets%2F***.png'],
  ['BO1.5N6P0VCE.7.7K3M9XQ2D4TRW8HB5N6P0VCEFG1JYZ.c2ln', 'BO1.5N6P0VCE.7.***.c2ln'],
  ['for alice.b+c@mail.example, twice', 'for ***, twice'],
  ['/bookings?userId=alice%40mail.example&first=2', '/bookings?userId=***&first=2'],
  ['550 no such user <zoe@βιβλία.example>', '550 no such user <***>'],
  ['bounced x@xn--e1afmkfd.xn--p1ai today', 'bounced *** today'],
  [JSON.stringify({ msg: 'of\nalice@mail.example' }), JSON.stringify({ msg: 'of\n***' })],
])('what is secret in %s is not in %s', (line, shown) => {
  expect(redact(line)).toBe(shown);
});

test.each([
  '{"url":"redis://h:6379","owner":"a@b"}',
  '{"msg":"https://shop.example/?tokens","path":"/book/x@y"}',
  'The Authorization must be a bearer token.',
  '/event?first=2&after=YWZ0ZXI6MQ',
  'postgresql://127.0.0.1:5432/boxoffice?application_name=a@b',
  'at file:///srv/node_modules/@mikro-orm/core@7.2.1/index.js:1:2',
])('what is not secret stays: %s', (line) => {
  expect(redact(line)).toBe(line);
});

test('a line costs no more than its length, whatever is in it', () => {
  const line = ['a.', 'a://', '?token', '&a_token=', '-eyJ', 'eyJ01234567.a.', 'a%40', 'a@b.', 'a+', '%37', '7']
    .map((part) => part.repeat(50_000))
    .join('?');
  const since = performance.now();
  expect(redact(line).length).toBeGreaterThan(100_000);
  expect(performance.now() - since).toBeLessThan(5_000);
});
