import type { TextBlock } from '../type/fit-text.ts';

/** In points, from the upper left corner of the page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One accent; all else is ink on paper, so that a page costs little to print. */
export const COLOURS = {
  accent: '#C9371C',
  ink: '#17191F',
  muted: '#666B77',
  hairline: '#D5D8DE',
  paper: '#FFFFFF',
  blush: '#FADBD4',
} as const;

export type Colour = (typeof COLOURS)[keyof typeof COLOURS];

/** What is drawn on a page, in this order. */
export type Item =
  | { readonly kind: 'text'; readonly box: Box; readonly block: TextBlock; readonly colour: Colour }
  | { readonly kind: 'area'; readonly box: Box; readonly colour: Colour }
  /** Framed, with a band of the accent along its top. */
  | { readonly kind: 'card'; readonly box: Box; readonly radius: number; readonly bandHeight: number }
  /** Across something, with a notch at both of its edges. */
  | {
      readonly kind: 'tear-line';
      readonly y: number;
      readonly from: number;
      readonly to: number;
      readonly notch: Colour;
    }
  /** A QR code with its quiet zone. */
  | { readonly kind: 'qr'; readonly box: Box };

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly items: readonly Item[];
}
