import { type MessagePort, parentPort } from 'node:worker_threads';
import qrcode from 'qrcode';
import type { PageRequest, RenderRequest } from './document-form.ts';
import { giveWay } from './give-way.ts';
import { QR_SYMBOL, segmentsOf } from './qr-symbol.ts';
import type { Rendered } from './ticket-renderer.ts';

/** Of a PNG, in pixels: sharp on a phone, and whole modules. */
const MODULE_SIZE = 8;

let printer: Promise<(request: PageRequest) => Promise<Uint8Array>> | undefined;

const port = parentPort as MessagePort;
port.on('message', async (request: RenderRequest) => {
  port.postMessage(await render(request).catch((error: Error): Rendered => ({ error })));
});

async function render(request: RenderRequest): Promise<Rendered> {
  if (request.format === 'pdf') {
    printer ??= openPrinter();
    const bytes = await (await printer)(request);
    // From the first page on: what it needed has been loaded, within the time for one ticket.
    giveWay();
    return { bytes };
  }
  const segments = segmentsOf(request.qrPayload);
  return request.format === 'png'
    ? { bytes: await qrcode.toBuffer(segments, { ...QR_SYMBOL, type: 'png', scale: MODULE_SIZE }) }
    : { bytes: Buffer.from(await qrcode.toString(segments, { ...QR_SYMBOL, type: 'svg' })) };
}

/** All that sets type is loaded with the first page. */
async function openPrinter() {
  const [{ FontShelf }, { ticketPdf }] = await Promise.all([
    import('./type/font-shelf.ts'),
    import('./pages/ticket-pdf.ts'),
  ]);
  const shelf = new FontShelf();
  return (request: PageRequest) => ticketPdf(shelf, request);
}
