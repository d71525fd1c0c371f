import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import QRCode from 'qrcode';
import { temporaryFolder } from './services/reap-when-orphaned.ts';

const WIDTH = 640;
const HEIGHT = 480;
const MODULE_PX = 7;

export interface FakeCamera {
  /** With which Chromium takes a picture for its camera, and lets pages look. */
  readonly args: readonly string[];
  remove(): Promise<void>;
}

/** A camera before which somebody holds a QR code, for as long as it looks. */
export async function fakeCamera(text: string): Promise<FakeCamera> {
  const { path, remove } = await temporaryFolder('camera');
  const file = join(path, 'ticket.y4m');
  await writeFile(file, pictureOf(text));
  return {
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ],
    remove,
  };
}

/** One frame of YUV4MPEG2 in greys. https://wiki.multimedia.cx/index.php/YUV4MPEG2 */
function pictureOf(text: string): Buffer {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const [left, top] = [WIDTH, HEIGHT].map((length) => Math.floor((length - modules.size * MODULE_PX) / 2)) as [
    number,
    number,
  ];
  const brightness = Buffer.alloc(WIDTH * HEIGHT, 235);
  for (let y = 0; y < modules.size * MODULE_PX; y++) {
    for (let x = 0; x < modules.size * MODULE_PX; x++) {
      const isDark = modules.get(Math.floor(y / MODULE_PX), Math.floor(x / MODULE_PX));
      if (isDark) brightness[(top + y) * WIDTH + left + x] = 16;
    }
  }
  const colours = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420mpeg2\nFRAME\n`;
  return Buffer.concat([Buffer.from(head), brightness, colours]);
}
