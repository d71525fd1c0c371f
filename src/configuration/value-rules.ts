import { isIP } from 'node:net';
import { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { parsePostgresqlUrl } from './postgresql-url.ts';

const NODE_ENVS = ['production', 'development', 'test'] as const;

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be from ${min} to ${max}`);

export const redisUrl = z
  .string()
  .refine((url) => isUrlWith(url, ['redis:', 'rediss:']), 'must be a redis:// or rediss:// URL')
  .refine(
    (url) => hasNoParameterButFamily(url),
    'must have no parameter but family=0, 4 or 6: others are not understood',
  );

export const httpUrl = z
  .string()
  .refine((url) => isUrlWith(url, ['http:', 'https:']), 'must be an http:// or https:// URL');

export const publicUrl = z
  .string()
  .refine((url) => isUrlWith(url, ['http:', 'https:']) && isBare(url), 'must be a URL such as https://tickets.example')
  .transform((url) => url.replace(/\/+$/, ''));

export const notBlank = z.string().trim().min(1, 'must not be blank');

/** Names that Fastify knows for the ranges of a machine and of private networks. */
const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);
const PROXIES = 'the addresses of your proxies, such as 10.0.0.0/8, ::1, loopback or uniquelocal';

/** Of 32 random hexadecimal digits, one in 28 million has fewer. */
const MIN_DIFFERENT_CHARACTERS = 8;

export const databaseUrl = z.string().superRefine((url, context) => {
  for (const problem of databaseUrlProblems(url)) context.addIssue(problem);
});

export const nodeEnv = z.enum(NODE_ENVS, { error: ({ input }) => `must be ${meantNodeEnv(String(input))}` });

export const jwtSecret = z
  .string()
  // As of a secret in a file: a line end behind it does not belong to it.
  .transform((secret) => secret.replace(/[\r\n]+$/, ''))
  .refine((secret) => secret.trim().length >= 32, 'must have at least 32 characters besides spaces around them')
  .refine((secret) => new Set(secret).size >= MIN_DIFFERENT_CHARACTERS, 'has too few different characters');

export const origin = z.string().refine(isOrigin, 'must be origins such as https://shop.example');

export const hostName = z
  .string()
  .toLowerCase()
  .regex(/^(\*|(\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)*)$/, 'must be names such as shop.example or *.shop.example, or *');

export const proxies = z
  .string()
  .refine(isTrustedProxy, { error: ({ input }) => `${untrusted(input)}false, or ${PROXIES}` })
  .transform((trusted) => (trusted === 'false' ? false : trusted));

export function orNull<T extends z.ZodType>(rule: T) {
  return rule.nullable().default(null);
}

export function listOf<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(item));
}

function databaseUrlProblems(url: string): readonly string[] {
  if (/^sqlite:./.test(url)) return [];
  if (!/^postgres(ql)?:\/\//i.test(url)) {
    return ['must be sqlite:<file> or postgresql://user:password@host:port/database'];
  }
  const parsed = parsePostgresqlUrl(url);
  return 'problems' in parsed ? parsed.problems : [];
}

/** "prod" must not be anything but an error: what is not production is open to everybody by default. */
function meantNodeEnv(written: string): string {
  const word = written.trim().toLowerCase();
  const meant =
    NODE_ENVS.find((one) => word.length > 1 && (one.startsWith(word) || word.startsWith(one))) ??
    NODE_ENVS.find((one) => nearestName(word, [one]).distance <= 3);
  return `${NODE_ENVS.join(', ')} or unset${meant ? `; did you mean ${meant}?` : ''}`;
}

function isUrlWith(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

/** ioredis takes any parameter for one of its options, and before ours. */
function hasNoParameterButFamily(url: string): boolean {
  return !URL.canParse(url) || /^(\?family=[046])?$/.test(new URL(url).search);
}

/** A path may follow the host, and nothing else; no password stands in what everybody is told. */
function isBare(url: string): boolean {
  const { username, password, search, hash } = new URL(url);
  return username === '' && password === '' && search === '' && hash === '';
}

function isOrigin(text: string): boolean {
  return isUrlWith(text, ['http:', 'https:']) && new URL(text).origin === text;
}

function isTrustedProxy(text: string): boolean {
  return text === 'false' || text.split(',').every((one) => PROXY_RANGES.has(one.trim()) || isAddressRange(one));
}

/** Whoever reaches the port by another way than the proxy brings as many addresses as are counted, or believed. */
function untrusted(setting: unknown): string {
  const believesAnybody = setting === 'true' || /^\d+$/.test(String(setting));
  return believesAnybody ? 'would let anybody who reaches the port choose an address; must be ' : 'must be ';
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.trim().split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number;
  return (
    more.length === 0 && longest > 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= longest))
  );
}
