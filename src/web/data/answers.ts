import type { Operation } from './operation.ts';

/** What the box office answered before, by what it was asked: the first of them come with the HTML. */
export class Answers {
  readonly #known: Map<string, unknown>;
  /** Those that nobody has to ask for again. */
  readonly #fresh: Set<string>;

  /** @param isFresh whether what is known was just answered */
  constructor(known: Readonly<Record<string, unknown>> = {}, isFresh = false) {
    this.#known = new Map(Object.entries(known));
    this.#fresh = new Set(isFresh ? this.#known.keys() : []);
  }

  /** Whether it came with the HTML, and was not asked about before. */
  takeFresh(operation: string, variables: unknown): boolean {
    return this.#fresh.delete(keyOf(operation, variables));
  }

  get<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Data | undefined {
    return this.#known.get(keyOf(operation, variables)) as Data | undefined;
  }

  keep<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables, data: Data): void {
    this.#known.set(keyOf(operation, variables), data);
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.#known);
  }
}

/** By its name, of which there is one each. */
function keyOf(operation: string, variables: unknown): string {
  return `${/\w+ (\w+)/.exec(operation)?.[1]} ${JSON.stringify(variables)}`;
}
