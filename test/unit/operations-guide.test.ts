import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SECRETS } from '../../src/configuration/secret-files.ts';
import { environment } from '../../src/configuration/settings.ts';
import { guideAnchors, guideBlocks, operationsGuide } from '../support/operations-guide.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const guide = operationsGuide();
const sources = filesUnder('src').map(({ text }) => text);

const OURS = new Set([...Object.keys(environment.shape), ...SECRETS.map((name) => `${name}_FILE`)]);
/** Of Node, malloc, libpq, systemd, the image of PostgreSQL, and OpenTelemetry. */
const OF_OTHERS = new Set([
  ...['NODE_OPTIONS', 'MALLOC_ARENA_MAX', 'AF_INET', 'AF_INET6', 'AF_UNIX'],
  ...['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_BSP'],
]);
/** A setting, words of SQL, or a command that is quoted in a sentence: no lines of ours. */
const NO_LINE = / = |^[A-Z ]+$|^(boxoffice|docker|systemctl|journalctl|make|sqlite3|psql) /;

test('every variable that the guide names is read, and every code is answered', () => {
  const named = new Set(guide.match(/\b[A-Z][A-Z\d]*(_[A-Z\d]+)+\b/g));
  const codes = new Set(sources.flatMap((text) => text.match(/(?<=')[A-Z]+(_[A-Z]+)+(?=')/g) ?? []));
  expect(named.size).toBeGreaterThan(30);
  expect([...named].filter((name) => !OURS.has(name) && !OF_OTHERS.has(name) && !codes.has(name))).toEqual([]);
});

test('every metric that the guide names is exported', () => {
  const named = new Set(guide.match(/\bboxoffice_[a-z_]+\b/g));
  expect(named.size).toBeGreaterThan(4);
  expect([...named].filter((name) => !sources.some((text) => text.includes(`'${name}'`)))).toEqual([]);
});

test('every line that the guide quotes is one that the box office writes', () => {
  const messages = sources.flatMap(messagesIn);
  const quoted = [...guide.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)]
    .map(([, text = '']) => text.replaceAll(/\s+/g, ' '))
    .filter((text) => /^[\p{L}…]+ \S+ \S/u.test(text) && !NO_LINE.test(text));
  expect(quoted.length).toBeGreaterThan(10);
  expect(quoted.filter((text) => !messages.some((message) => isWritten(text, message)))).toEqual([]);
});

test('every link within the guide leads somewhere, and README leads to the guide', () => {
  const anchors = guideAnchors();
  const links = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((anchor) => !anchors.includes(anchor as string))).toEqual([]);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('](docs/operations.md)');
});

test('every command of the guide is run by a test, which names its section', () => {
  const tests = filesUnder('test').filter(
    ({ path, text }) => path.endsWith('.test.ts') && /support\/operations-guide\.ts'/.test(text),
  );
  const isRun = (title: string) => tests.some(({ text }) => text.includes(`'${title}'`) || text.includes(`"${title}"`));
  const commands = guideBlocks().filter(({ language }) => language === 'sh' || language === 'sql');
  expect(commands.length).toBeGreaterThan(15);
  expect(commands.filter(({ section, heading }) => !isRun(section) && !isRun(heading))).toEqual([]);
});

function filesUnder(folder: string): { path: string; text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, folder, path), 'utf8') }));
}

/** The texts in a source, with what is filled into each as a gap. Those that are nearly all gap say nothing. */
function messagesIn(source: string): string[][] {
  const texts = [...source.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`/g)];
  return texts
    .map(([, single, double, template]) => (single ?? double ?? template ?? '').split(/\$\{[^}]*\}/))
    .filter((parts) => parts.join('').replaceAll(/[^a-zA-Z]/g, '').length >= 6);
}

/** Whether the quoted text, which may leave its end out with an ellipsis, is such a message or a part of its fixed text. */
function isWritten(quoted: string, parts: readonly string[]): boolean {
  const known = quoted.replace(/…$/, '').trimEnd();
  if (parts.some((part) => part.includes(known))) return true;
  const pattern = parts.map((part) => part.trimEnd().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+');
  return new RegExp(`^${pattern}$`).test(quoted) || new RegExp(`^${pattern}$`).test(known);
}
