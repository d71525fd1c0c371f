interface Versioned {
  readonly version: number;
}

/** Answers overtake each other: what is shown is never older than what was shown before. */
export function newest<T extends Versioned>(shown: T | null, arrived: T): T {
  return shown && shown.version >= arrived.version ? shown : arrived;
}
