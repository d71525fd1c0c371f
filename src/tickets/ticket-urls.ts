/** Where a ticket's documents are: below the public URL, or, when none is configured, on the host that is asked. */
export interface TicketUrls {
  readonly qrUrl: string;
  readonly pdfUrl: string;
}

/** @param publicUrl without a slash at the end; null: the addresses are paths */
export function ticketUrls(publicUrl: string | null, code: string): TicketUrls {
  const ticket = `${publicUrl ?? ''}/tickets/${encodeURIComponent(code)}`;
  return { qrUrl: `${ticket}.png`, pdfUrl: `${ticket}.pdf` };
}
