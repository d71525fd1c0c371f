// linebreak ships no types; this declares what we use.
declare module 'linebreak' {
  export default class LineBreaker {
    constructor(text: string);
    /** The next place where a line may end (UAX 14), as an index of the text; null after the last one. */
    nextBreak(): { readonly position: number; readonly required: boolean } | null;
  }
}
