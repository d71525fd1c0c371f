import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Dependency } from '../../src/platform/dependency.ts';
import { createLogger } from '../../src/platform/logger.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
const WARN = 40;
const INFO = 30;

describe('a dependency', () => {
  const lines: Record<string, unknown>[] = [];
  let isAway: boolean;
  let dependency: Dependency<'requests'>;
  beforeEach(() => {
    vi.useFakeTimers();
    lines.length = 0;
    isAway = false;
    const write = (line: string) => void lines.push(JSON.parse(line));
    dependency = new Dependency({
      name: 'redis',
      log: createLogger('info', { destination: { write } }),
      level: 'warn',
      meanwhile: 'going on without it',
      variable: 'REDIS_URL',
      costs: ['requests'],
      probe: async () => {
        if (isAway) throw refused;
      },
    });
  });
  afterEach(() => {
    dependency.close();
    vi.useRealTimers();
  });

  async function outage(ms: number, failures = 1): Promise<void> {
    isAway = true;
    for (let n = 0; n < failures; n++) {
      dependency.failed(refused);
      dependency.cost('requests');
    }
    await vi.advanceTimersByTimeAsync(ms);
    isAway = false;
  }

  test('that goes and comes back is two lines, with how long and what it cost, however much failed meanwhile', async () => {
    dependency.cost('requests');
    await outage(30_000, 10_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(lines).toMatchObject([
      { level: WARN, dependency: 'redis', variable: 'REDIS_URL', reason: refused.message },
      { level: INFO, dependency: 'redis', durationMs: 31_000, requests: 10_000 },
    ]);
    expect(lines.map(({ msg }) => msg)).toEqual(['redis is away, going on without it', 'redis is back']);
    expect(dependency.away).toBe(false);
  });

  test('that answers while it still fails at what it is needed for is not back', async () => {
    dependency.failed(refused);
    for (let n = 0; n < 10; n++) {
      await vi.advanceTimersByTimeAsync(999);
      dependency.failed(refused);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(lines).toHaveLength(1);
  });

  test('that comes and goes for an hour has no more than two lines in a minute', async () => {
    for (let n = 0; n < 900; n++) {
      await outage(2_000);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(lines.length).toBeLessThan(2 * 60);
    await vi.advanceTimersByTimeAsync(62_000);
    expect(dependency.away).toBe(false);
  });

  test('explains its own errors while it is away, and no mistake in a statement', async () => {
    expect(dependency.explains(refused)).toBe(false);
    dependency.failed(refused);
    expect(dependency.explains(refused)).toBe(true);
    for (const code of ['42601', '42501', '57014', 'XX001', '40001']) {
      expect(dependency.explains(Object.assign(new Error('no'), { code }))).toBe(false);
    }
  });

  test('is silent once it is closed', async () => {
    dependency.failed(refused);
    dependency.close();
    await vi.advanceTimersByTimeAsync(10_000);
    dependency.failed(refused);
    expect(lines).toHaveLength(1);
  });
});
