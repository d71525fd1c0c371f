interface Source {
  readonly ended: boolean;
}

/** Sources of subscriptions, as they are opened. */
export class Sources<T extends Source = Source> {
  readonly opened: T[] = [];
  /** The most that were open at the same time. */
  mostAlive = 0;

  get alive(): number {
    return this.opened.filter(({ ended }) => !ended).length;
  }

  note<S extends T>(source: S): S {
    this.opened.push(source);
    this.mostAlive = Math.max(this.mostAlive, this.alive);
    return source;
  }
}
