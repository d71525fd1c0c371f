/** What the log of this process has said last at `error` or above, for whoever has no log at hand: its words, which are ours, no more. */
export class LastError {
  #last: { readonly at: Date; readonly message: string } | null = null;

  get last() {
    return this.#last;
  }

  note(message: string): void {
    this.#last = { at: new Date(), message };
  }
}
