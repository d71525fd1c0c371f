import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Smaller files gain nothing. */
const WORTH_COMPRESSING_BYTES = 512;

/** Writes a `.br` and a `.gz` beside each file of a folder that gains by it. */
export async function compressAll(folder: string): Promise<void> {
  const files = await readdir(folder);
  await Promise.all(files.map((file) => compress(`${folder}/${file}`)));
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH_COMPRESSING_BYTES || !/\.(js|css|svg|wasm)$/.test(file)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await Promise.all([
    promisify(brotliCompress)(content, { params }).then((small) => writeFile(`${file}.br`, small)),
    promisify(gzip)(content, { level: 9 }).then((small) => writeFile(`${file}.gz`, small)),
  ]);
}
