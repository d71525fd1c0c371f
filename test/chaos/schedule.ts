import type { Random } from './random.ts';

export const SETUPS = ['postgresql', 'sqlite'] as const;
export type Setup = (typeof SETUPS)[number];
export const APIS = ['api-1', 'api-2'] as const;
export const WORKERS = ['worker-1', 'worker-2'] as const;
export type ApiName = (typeof APIS)[number];
export type WorkerName = (typeof WORKERS)[number];
export type ProcessName = ApiName | WorkerName;
export type Service = 'redis' | 'database';

type ProcessFault = 'kill' | 'pause' | 'terminate';
type LinkFault = 'delay' | 'cut' | 'swallow' | 'swallow answers';
type RedisFault = 'redis kill' | 'redis flush' | 'redis pause' | 'redis full' | 'redis loses jobs' | 'redis loses keys';
type DatabaseFault = 'postgresql crash' | 'postgresql disconnect' | 'postgresql revoke' | 'sqlite lock';

export interface PlannedFault {
  readonly number: number;
  readonly atMs: number;
  readonly forMs: number;
  /** As the table counts it. */
  readonly kind: string;
  readonly what:
    | { readonly type: ProcessFault; readonly process: ProcessName }
    | { readonly type: 'clock'; readonly process: WorkerName; readonly offsetSeconds: number }
    | { readonly type: LinkFault; readonly process: ProcessName; readonly service: Service; readonly delayMs: number }
    | { readonly type: RedisFault | DatabaseFault };
}

interface Kind {
  readonly weight: number;
  /** How long it lasts; for what ends by itself, how long until the next start. */
  readonly forMs: readonly [min: number, max: number];
  readonly only?: Setup;
}

/** A pause is always longer than the 3 seconds of the event lock's lease. */
const KINDS: Readonly<Record<string, Kind>> = {
  'api kill': { weight: 12, forMs: [0, 2_000] },
  'api pause': { weight: 10, forMs: [3_200, 7_000] },
  'api terminate': { weight: 7, forMs: [0, 1_000] },
  'worker kill': { weight: 10, forMs: [0, 3_000] },
  'worker pause': { weight: 8, forMs: [3_200, 8_000] },
  'worker terminate': { weight: 5, forMs: [0, 1_000] },
  'worker clock': { weight: 7, forMs: [2_000, 8_000] },
  'redis kill': { weight: 8, forMs: [0, 4_000] },
  'redis flush': { weight: 8, forMs: [0, 0] },
  'redis pause': { weight: 7, forMs: [1_000, 10_000] },
  'redis full': { weight: 6, forMs: [1_000, 5_000] },
  'redis loses jobs': { weight: 7, forMs: [0, 0] },
  'redis loses keys': { weight: 7, forMs: [0, 0] },
  'postgresql crash': { weight: 8, forMs: [200, 4_000], only: 'postgresql' },
  'postgresql disconnect': { weight: 9, forMs: [0, 0], only: 'postgresql' },
  'postgresql revoke': { weight: 7, forMs: [500, 6_000], only: 'postgresql' },
  'sqlite lock': { weight: 15, forMs: [500, 6_000], only: 'sqlite' },
  'link delay': { weight: 6, forMs: [2_000, 6_000] },
  'link cut': { weight: 6, forMs: [0, 4_000] },
  'link swallow': { weight: 6, forMs: [2_000, 6_000] },
  'link swallow answers': { weight: 7, forMs: [500, 4_000] },
};

const GAP_MS = [200, 2_600] as const;
const CLOCKS_WRONG_BY_S = [-3_600, 3_600] as const;
/** What a process needs to be back after it was ended. */
const RESTART_MS = 3_000;

/** The whole schedule of a run. Faults of different things overlap; one thing has one fault at a time. */
export function planFaults(random: Random, setup: Setup, durationMs: number): PlannedFault[] {
  const faults: PlannedFault[] = [];
  const busyUntil = new Map<string, number>();
  const fitting = Object.entries(KINDS).filter(([, { only }]) => only === undefined || only === setup);
  const weights = Object.fromEntries(fitting.map(([name, { weight }]) => [name, weight]));
  for (let atMs = random.int(...GAP_MS); atMs < durationMs; atMs += random.int(...GAP_MS)) {
    const kind = random.weighted(weights);
    const forMs = Math.min(random.int(...(KINDS[kind] as Kind).forMs), durationMs - atMs);
    const what = targetOf(random, kind, setup);
    const thing = thingOf(what);
    if ((busyUntil.get(thing) ?? 0) > atMs) continue;
    busyUntil.set(thing, atMs + forMs + RESTART_MS);
    faults.push({ number: faults.length + 1, atMs, forMs, kind, what });
  }
  return faults;
}

/** Two faults of one thing would undo each other. */
export function thingOf(what: PlannedFault['what']): string {
  if ('service' in what) return `${what.process} to ${what.service}`;
  return 'process' in what ? what.process : (what.type.split(' ')[0] as string);
}

export function describeFault({ number, what, forMs }: PlannedFault): string {
  const thing = thingOf(what);
  const type = what.type.startsWith(thing) ? what.type : `${thing} ${what.type}`;
  const delay = what.type === 'delay' ? ` of ${what.delayMs} ms` : '';
  const offset = what.type === 'clock' ? ` wrong by ${what.offsetSeconds} s` : '';
  return `fault ${number}: ${type}${delay}${offset}, ${(forMs / 1_000).toFixed(1)} s`;
}

function targetOf(random: Random, kind: string, setup: Setup): PlannedFault['what'] {
  const [first, ...rest] = kind.split(' ');
  const type = rest.join(' ');
  if (kind === 'worker clock') {
    return { type: 'clock', process: random.pick(WORKERS), offsetSeconds: random.pick(CLOCKS_WRONG_BY_S) };
  }
  if (first === 'api') return { type: type as ProcessFault, process: random.pick(APIS) };
  if (first === 'worker') return { type: type as ProcessFault, process: random.pick(WORKERS) };
  if (first !== 'link') return { type: kind as RedisFault | DatabaseFault };
  const process = random.pick([...APIS, ...WORKERS]);
  const service = setup === 'sqlite' ? 'redis' : random.pick(['redis', 'database'] as const);
  return { type: type as LinkFault, process, service, delayMs: random.int(20, 400) };
}
