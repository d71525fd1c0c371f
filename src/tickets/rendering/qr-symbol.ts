import type { QRCodeSegment } from 'qrcode';

/** ISO/IEC 18004: level Q restores a quarter of the symbol, and four modules around it stay free. */
export const QR_SYMBOL = { errorCorrectionLevel: 'Q', margin: 4 } as const;

const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]+$/;

/**
 * What stands before the signature needs fewer bits as what it mostly is, capital letters and digits. The library would find that
 * out by itself, and a few bits more in the signature, in as long as all the rest of a symbol takes.
 */
export function segmentsOf(qrPayload: string): QRCodeSegment[] {
  const signature = qrPayload.lastIndexOf('.') + 1;
  const signed = qrPayload.slice(0, signature);
  if (!ALPHANUMERIC.test(signed)) return [bytes(qrPayload)];
  return [{ data: signed, mode: 'alphanumeric' }, bytes(qrPayload.slice(signature))];
}

function bytes(text: string): QRCodeSegment {
  return { data: Buffer.from(text), mode: 'byte' };
}
