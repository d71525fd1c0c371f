/** Where a ticket's pictures are: below the public URL, or, when none is configured, on the host that is asked. */
export interface TicketUrls {
  readonly qrUrl: string;
}

/** @param publicUrl without a slash at the end; null: the addresses are paths */
export function ticketUrls(publicUrl: string | null, code: string): TicketUrls {
  return { qrUrl: `${publicUrl ?? ''}/tickets/${encodeURIComponent(code)}.png` };
}
