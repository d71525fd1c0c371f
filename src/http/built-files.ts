import { readdir, readFile } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedCoding } from './accepted.ts';
import { sendProblem } from './rest/problem.ts';

/** A file that `npm run build` has made for browsers. */
interface BuiltFile {
  readonly mediaType: string;
  readonly content: Buffer;
  /** The same, smaller, by the name of the coding. */
  readonly coded: ReadonlyMap<string, Buffer>;
}

/** By their names. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  png: 'image/png',
};
const CODINGS = { br: '.br', gzip: '.gz' };

export async function readBuiltFiles(folder: URL): Promise<BuiltFiles> {
  const names = await readdir(folder);
  const read = (name: string) => readFile(new URL(name, folder));
  const originals = names.filter((name) => !Object.values(CODINGS).some((ending) => name.endsWith(ending)));
  const files = originals.map(async (name) => {
    const coded = Object.entries(CODINGS).filter(([, ending]) => names.includes(name + ending));
    const contents = coded.map(async ([coding, ending]) => [coding, await read(name + ending)] as const);
    const mediaType = MEDIA_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return [name, { mediaType, content: await read(name), coded: new Map(await Promise.all(contents)) }] as const;
  });
  return new Map(await Promise.all(files));
}

/** @param cacheControl for how long a browser may keep it */
export function sendBuiltFile(
  files: BuiltFiles,
  request: FastifyRequest<{ Params: { name: string } }>,
  reply: FastifyReply,
  cacheControl: string,
): FastifyReply {
  const file = files.get(request.params.name);
  if (!file) return sendProblem(reply, { status: 404, code: 'NOT_FOUND', detail: 'Not Found' });
  const coding = acceptedCoding(request, file.coded.keys());
  if (coding) reply.header('Content-Encoding', coding);
  return reply
    .headers({ 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' })
    .type(file.mediaType)
    .send((coding && file.coded.get(coding)) ?? file.content);
}
