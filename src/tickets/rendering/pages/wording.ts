import type { PrintedTicket } from './printed-ticket.ts';

export function serialOf({ serial, quantity }: PrintedTicket): string {
  return `TICKET ${serial} OF ${quantity}`;
}

export const TERMS =
  'Show this code at the entrance, on paper or on a screen. It lets one person in, once: whoever shows it first. Keep it to yourself.';
