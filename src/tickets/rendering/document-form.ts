import type { PrintedTicket } from './pages/printed-ticket.ts';

/** As what a ticket is asked for: a picture of its QR code, or a page. */
export type DocumentFormat = 'svg' | 'png' | 'pdf';

export const PAGE_SIZES = ['a4', 'phone'] as const;
export type PageSize = (typeof PAGE_SIZES)[number];

export interface PageRequest {
  readonly format: 'pdf';
  readonly size: PageSize;
  readonly qrPayload: string;
  readonly ticket: PrintedTicket;
}

/** All that a rendering is made from. */
export type RenderRequest = PageRequest | { readonly format: 'svg' | 'png'; readonly qrPayload: string };
