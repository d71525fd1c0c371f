import type { TicketFace } from '../ticket-face.ts';

export type DocumentFormat = 'pdf' | 'svg' | 'png';

/** `qr`: the QR code alone. */
export type DocumentSize = 'a4' | 'phone' | 'qr';

export interface DocumentForm {
  readonly format: DocumentFormat;
  readonly size: DocumentSize;
}

export interface RenderRequest extends DocumentForm {
  readonly face: TicketFace;
}
