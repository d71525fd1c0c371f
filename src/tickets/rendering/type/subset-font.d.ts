// subset-font has no types of its own, and those that others wrote are older than `keepAllGlyphs`.
declare module 'subset-font' {
  interface Options {
    readonly targetFormat: 'truetype';
    /** Takes the place of a text, which is then undefined. */
    readonly keepAllGlyphs: true;
    readonly noHinting: boolean;
    /** An axis that is given a value is no axis any more. */
    readonly variationAxes: Readonly<Record<string, number>>;
  }

  export default function subsetFont(font: Buffer, text: undefined, options: Options): Promise<Buffer>;
}
