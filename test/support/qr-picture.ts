import decode from 'jsqr';
import { PNG } from 'pngjs';

/** A QR code as it was drawn: its modules with what is around them, row by row; true is dark. */
export interface QrPicture {
  readonly text: string;
  readonly modules: readonly (readonly boolean[])[];
}

/** @param moduleSize in pixels */
export function readPng(bytes: Buffer, moduleSize: number): QrPicture {
  const { width, height, data } = PNG.sync.read(bytes);
  const isDark = (x: number, y: number) => (data[(y * width + x) * 4] as number) < 128;
  const middle = Math.floor(moduleSize / 2);
  const steps = (length: number) => Array.from({ length: length / moduleSize }, (_, i) => i * moduleSize + middle);
  const modules = steps(height).map((y) => steps(width).map((x) => isDark(x, y)));
  return { text: textIn(data, width, height), modules };
}

/** One whose dark modules are horizontal strokes of one path, a unit high. */
export function readSvg(svg: string): QrPicture {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const modules = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const [, strokes = ''] = / stroke="#000000" d="([^"]+)"/.exec(svg) ?? [];
  let [x, y] = [0, 0];
  for (const [, command, first, second] of strokes.matchAll(/([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === 'h') (modules[Math.floor(y)] as boolean[]).fill(true, x, x + Number(first));
    const from = command === 'M' ? [0, 0] : [x, y];
    [x, y] = [(from[0] as number) + Number(first), (from[1] as number) + Number(second ?? 0)];
  }
  return { text: textIn(pixelsOf(modules), size * PIXELS, size * PIXELS), modules };
}

const PIXELS = 4;

function pixelsOf(modules: QrPicture['modules']): Uint8ClampedArray {
  const rows = modules.flatMap(
    (row) => Array(PIXELS).fill(row.flatMap((dark) => Array(PIXELS).fill(dark))) as boolean[][],
  );
  return Uint8ClampedArray.from(rows.flat().flatMap((dark) => [...Array(3).fill(dark ? 0 : 255), 255]));
}

/** As a reader sees it that is not ours. */
export function textIn(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): string {
  const found = decode.default(new Uint8ClampedArray(pixels), width, height);
  if (!found) throw new Error('no QR code is seen');
  return found.data;
}
