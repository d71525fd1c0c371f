import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { LastError } from '../../src/platform/last-error.ts';
import { createLogger, layoutOf } from '../../src/platform/logger.ts';

async function linesOf(format: 'json' | 'pretty', write: (log: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const layout = await layoutOf(format);
  write(createLogger('info', { role: 'api', version: '1.2.3', layout, destination }));
  return lines;
}

test('every line says which process it is from: its role, version, host and id', async () => {
  const [line = ''] = await linesOf('json', (log) => log.child({ requestId: 'r1' }).info('hello'));
  const from = { role: 'api', version: '1.2.3', host: hostname(), pid: process.pid };
  expect(JSON.parse(line)).toMatchObject({ ...from, level: 30, requestId: 'r1', msg: 'hello' });
});

test('what went wrong last is kept, without what is secret, and nothing that is less', () => {
  const lastError = new LastError();
  const destination = { write: () => undefined };
  const log = createLogger('info', { lastError, destination });
  log.warn('away');
  expect(lastError.last).toBeNull();
  log.child({ requestId: 'r1' }).error({ err: new Error('driver text') }, 'not sent to alice@hunter2.example');
  log.error(new Error('driver text'));
  log.info('back');
  expect(lastError.last).toEqual({ at: expect.any(Date), message: 'not sent to ***' });
});

const SECRETS = {
  url: 'postgresql://seller:hunter2@db/boxoffice',
  callback: 'https://shop.example/?access_token=hunter2',
  header: 'Bearer hunter2hunter2',
  mail: 'alice@hunter2.example',
};

test.each(['json', 'pretty'] as const)(
  '%s: what is secret is in no line, whatever field it stands in',
  async (format) => {
    const error = Object.assign(new Error(`no answer from ${SECRETS.url}`), {
      detail: 'Key (code)=(HUNTER2) already exists.',
      command: { name: 'auth', args: ['hunter2'] },
    });
    const lines = await linesOf(format, (log) => {
      log.error({ err: error, ...SECRETS }, `for ${SECRETS.mail}`);
      log.child(SECRETS).warn(`of\n${SECRETS.mail}`);
    });
    expect(lines.join('')).not.toMatch(/hunter2/i);
    expect(lines.join('')).toContain('no answer from postgresql://***@db/boxoffice');
    if (format === 'json') for (const line of lines) expect(JSON.parse(line)).toMatchObject({ role: 'api' });
  },
);

test('pretty: a line is for people, with its level in words', async () => {
  const [line = ''] = await linesOf('pretty', (log) => log.warn({ dependency: 'redis' }, 'redis is away'));
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN \(api\/\d+\): redis is away\n {4}dependency: "redis"\n$/);
});
