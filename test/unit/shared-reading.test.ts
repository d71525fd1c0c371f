import { describe, expect, test } from 'vitest';
import { showBacklog } from '../../src/api/backlog-metrics.ts';
import type { Container } from '../../src/container.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { SharedReading } from '../../src/platform/shared-reading.ts';

describe('a figure that is read when somebody asks', () => {
  test('is read once for all who ask at about the same time', async () => {
    let reads = 0;
    const reading = new SharedReading(async () => ++reads, { freshMs: 60_000, timeoutMs: 60_000 });
    expect(await Promise.all([reading.get(), reading.get(), reading.get()])).toEqual([1, 1, 1]);
    expect(await reading.get()).toBe(1);
    const anew = new SharedReading(async () => ++reads, { freshMs: 0, timeoutMs: 60_000 });
    expect([await anew.get(), await anew.get()]).toEqual([2, 3]);
  });

  test('is null when it cannot be read, or hangs', async () => {
    const bounds = { freshMs: 0, timeoutMs: 5 };
    expect(await new SharedReading(() => Promise.reject(new Error('away')), bounds).get()).toBeNull();
    expect(await new SharedReading(() => new Promise(() => undefined), bounds).get()).toBeNull();
  });
});

test('a database and a queue that are away leave their figures out, and all others stay', async () => {
  const metrics = createMetrics();
  let away = false;
  const walk = () => {
    if (away) throw new Error('away');
  };
  const db = { walk, fromNow: () => 0, orderedByIndex: async () => [{ bookings: 3, since: 1_000, now: 3_000 }] };
  const depth = async () => (away ? Promise.reject(new Error('away')) : { waiting: 2, active: 1 });
  showBacklog({ metrics, db, services: { queue: { depth } } } as unknown as Container, {
    freshMs: 0,
    timeoutMs: 1_000,
  });
  const samples = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^boxoffice_(pending|queue)/.test(line));
  expect(await samples()).toEqual([
    'boxoffice_pending_bookings 3',
    'boxoffice_pending_bookings_oldest_age_seconds 2',
    'boxoffice_queue_messages{state="waiting"} 2',
    'boxoffice_queue_messages{state="active"} 1',
  ]);
  away = true;
  expect(await samples()).toEqual([]);
  expect(await metrics.registry.metrics()).toContain('boxoffice_websockets 0');
});
