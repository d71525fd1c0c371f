/** The messages of SQLite do not say which file they mean, and those of a network not which server. */
export function namingSource(source: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(message.includes(source) ? message : `${source}: ${message}`, { cause: error });
}
