import { readFileSync, statSync } from 'node:fs';

/** The variables that hold a secret. Each may be given as NAME_FILE instead: the file that holds it. */
export const SECRETS = [
  'DATABASE_URL',
  'REDIS_URL',
  'REDIS_LOCK_URLS',
  'AUTH_JWT_SECRET',
  'TICKET_SIGNING_KEYS',
  'SMTP_URL',
  'BOXOFFICE_TOKEN',
] as const;

const MAX_SECRET_BYTES = 65_536;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Puts what the files of secrets hold into the variables of these secrets, without the line ends behind it.
 * @returns the variables, and a line for each file that cannot be used; none shows what a file holds
 */
export function withSecretFiles(env: Variables): { env: Variables; problems: string[] } {
  const read: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    const secret = env[name] === undefined ? readSecret(path) : { problem: `cannot be used together with ${name}` };
    if ('problem' in secret) problems.push(`${name}_FILE: ${secret.problem}`);
    else read[name] = secret.value;
  }
  return { env: { ...env, ...read }, problems };
}

function readSecret(path: string): { value: string } | { problem: string } {
  try {
    const { size } = statSync(path);
    if (size > MAX_SECRET_BYTES) return { problem: `is longer than ${MAX_SECRET_BYTES} bytes` };
    const value = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
    if (value === '') return { problem: 'is empty' };
    return /[\r\n]/.test(value) ? { problem: 'has more than one line' } : { value };
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
