import { type MessagePort, parentPort } from 'node:worker_threads';
import qrcode from 'qrcode';
import type { RenderRequest } from './document-form.ts';
import type { Rendered } from './ticket-renderer.ts';

/** ISO/IEC 18004: level Q restores a quarter of the symbol, and four modules around it stay free. */
const SYMBOL = { errorCorrectionLevel: 'Q', margin: 4 } as const;
/** Of a PNG, in pixels: sharp on a phone, and whole modules. */
const MODULE_SIZE = 8;

const port = parentPort as MessagePort;
port.on('message', async (request: RenderRequest) => {
  port.postMessage(await render(request).catch((error: Error): Rendered => ({ error })));
});

async function render({ format, qrPayload }: RenderRequest): Promise<Rendered> {
  if (format === 'png')
    return { bytes: await qrcode.toBuffer(qrPayload, { ...SYMBOL, type: 'png', scale: MODULE_SIZE }) };
  return { bytes: Buffer.from(await qrcode.toString(qrPayload, { ...SYMBOL, type: 'svg' })) };
}
