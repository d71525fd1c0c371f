import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { PageRequest, PageSize } from '../document-form.ts';
import type { FontShelf } from '../type/font-shelf.ts';
import { a4Page } from './a4-page.ts';
import { drawPage } from './draw-page.ts';
import type { Page } from './page.ts';
import { phonePage } from './phone-page.ts';
import type { PrintedTicket } from './printed-ticket.ts';

const PAGES: Readonly<Record<PageSize, (shelf: FontShelf, ticket: PrintedTicket) => Promise<Page>>> = {
  a4: a4Page,
  phone: phonePage,
};

/** @returns the same bytes for the same ticket */
export async function ticketPdf(shelf: FontShelf, { size, qrPayload, ticket }: PageRequest): Promise<Uint8Array> {
  const page = await PAGES[size](shelf, ticket);
  const document = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    // No font of pdfkit's own, which cannot print most of what a title may have.
    font: null as unknown as string,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `${ticket.title} (${ticket.serial} of ${ticket.quantity})`,
      Creator: 'Box Office',
      CreationDate: new Date(ticket.issuedAt),
    },
  });
  const bytes = buffer(document);
  drawPage(document, page, qrPayload);
  document.end();
  return bytes;
}
