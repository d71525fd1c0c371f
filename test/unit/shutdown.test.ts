import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { endAfterFault, stopOnSignals } from '../../src/platform/shutdown.ts';

type Listener = (about: unknown) => void;

const listeners = new Map<string, Listener>();
const told: string[] = [];
const write = (level: string) => (_about: unknown, message?: string) =>
  void told.push(`${level}: ${message ?? _about}`);
const log = { info: write('info'), warn: write('warn'), error: write('error'), fatal: write('fatal') } as never;
const broken = new Error('nobody caught it');
let exits: MockInstance<typeof process.exit>;

beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
  vi.spyOn(process, 'on').mockImplementation((event, listener) => {
    listeners.set(String(event), listener as Listener);
    return process;
  });
  exits = vi.spyOn(process, 'exit').mockImplementation((code) => void told.push(`exit ${code}`) as never);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function on(event: string, stop: () => Promise<void>): Promise<string[]> {
  stopOnSignals(stop, 1_000, log);
  listeners.get(event)?.(event.startsWith('SIG') ? event : broken);
  await vi.advanceTimersByTimeAsync(0);
  return told;
}

test.each(['SIGTERM', 'SIGINT'])('%s ends a process that stops well with 0, and wakes nobody up', async (signal) => {
  expect(await on(signal, async () => undefined)).toEqual(['info: stopping', 'info: stopped', 'exit 0']);
});

test('a stop that fails is an error, and ends the process with 1', async () => {
  expect(await on('SIGTERM', () => Promise.reject(broken))).toEqual([
    'info: stopping',
    'error: stopping failed',
    'exit 1',
  ]);
});

test('a stop that takes too long is given up with a warning', async () => {
  await on('SIGTERM', () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(999);
  expect(exits).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(told.slice(1)).toEqual(['warn: not everything ended in time, exiting', 'exit 0']);
});

test.each(['uncaughtException', 'unhandledRejection'])('after an %s the process ends at once with 1', async (kind) => {
  expect(await on(kind, async () => undefined)).toEqual([`fatal: ${kind}`, 'exit 1']);
});

test('after a fault of the database the last answers are given, then the process ends with 1', async () => {
  endAfterFault(log)(broken);
  expect(told).toEqual(['fatal: the database cannot be relied on, ending']);
  await vi.advanceTimersByTimeAsync(250);
  expect(exits).toHaveBeenCalledWith(1);
});
