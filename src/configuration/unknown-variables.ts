import { nearestName } from './nearest-name.ts';
import { SECRETS } from './secret-files.ts';
import { environment } from './settings.ts';

const OURS = Object.keys(environment.shape);
const READ = new Set([...OURS, ...SECRETS.map((name) => `${name}_FILE`)]);

/** First words of ours that others use as well, so that only a name near to one of ours is suspicious. */
const SHARED_WORDS = new Set(['NODE', 'LOG', 'TRUST', 'HOST', 'PORT', 'PUBLIC', 'OTEL']);
const OUR_WORDS = new Set(OURS.map(firstWord).filter((word) => !SHARED_WORDS.has(word)));

/** Set by others, whatever their first word. */
const OF_OTHERS = /^(https?|all|no|ftp)_proxy$|^SQLITE_TMPDIR$/i;
/** Kubernetes tells each process of each service, such as one that is called "redis". */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
/** What a `.env` file may hold for Node, for the C library, or for Docker Compose, which reads it too. */
const OF_THE_SURROUNDINGS = /^(NODE|COMPOSE|DOCKER|OTEL|MALLOC|UV|LC)_|^(TZ|LANG|NO_COLOR|FORCE_COLOR|SSL_CERT_\w+)$/;
/** What libpq would read; we do not. */
const OF_LIBPQ =
  /^PG(HOST|HOSTADDR|PORT|DATABASE|USER|PASSWORD|PASSFILE|SERVICE|OPTIONS|APPNAME|CONNECT_TIMEOUT|TARGETSESSIONATTRS|CHANNELBINDING|SSL\w+)$/;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Variables that look as if they were meant for us and do nothing, a line each.
 * @param fromEnvFile the names that our own `.env` file sets: there every unknown one is named
 */
export function unknownVariables(env: Variables, fromEnvFile: readonly string[] = []): string[] {
  const inEnvFile = new Set(fromEnvFile);
  return Object.entries(env)
    .filter(([name, value]) => !READ.has(name) && value !== undefined && isSuspicious(name, value, inEnvFile))
    .map(([name]) => `${name}: is not read, there is no such variable; the nearest is ${nearestName(name, OURS).name}`);
}

/** Variables with which libpq would change how it connects, a line each. */
export function unreadLibpqVariables(env: Variables): string[] {
  return Object.keys(env)
    .filter((name) => OF_LIBPQ.test(name))
    .map((name) => `${name}: is not read; everything about the connection to PostgreSQL stands in DATABASE_URL`);
}

function isSuspicious(name: string, value: string, inEnvFile: ReadonlySet<string>): boolean {
  if (OF_OTHERS.test(name) || OF_KUBERNETES.test(name) || /^(tcp|udp|sctp):\/\//.test(value)) return false;
  if (OUR_WORDS.has(firstWord(name)) || isNear(name)) return true;
  return inEnvFile.has(name) && !OF_THE_SURROUNDINGS.test(name) && !OF_LIBPQ.test(name);
}

/** A slip of the pen: one letter in four, or a beginning or an end that is missing. */
function isNear(name: string): boolean {
  const slips = Math.max(1, Math.floor(name.length / 4));
  const ofLikeLength = OURS.filter((ours) => Math.abs(ours.length - name.length) <= slips);
  return (
    OURS.some((ours) => isPartOf(name.toUpperCase(), ours)) ||
    (ofLikeLength.length > 0 && nearestName(name, ofLikeLength).distance <= slips)
  );
}

function isPartOf(name: string, ours: string): boolean {
  return name.includes('_') && (ours.startsWith(`${name}_`) || ours.endsWith(`_${name}`));
}

function firstWord(name: string): string {
  return name.toUpperCase().split('_')[0] as string;
}
