/** What no answer may carry: SQL, stacks, paths, the words of drivers, and where the services are. */
const TELLTALES = [
  /\b(?:select|insert|update|delete|begin|commit)\b.{0,200}\b(?:from|into|set|where|values|transaction)\b/is,
  /\bat .{0,100}\.[cm]?[jt]s:\d/,
  /node_modules|file:\/\/|\/(?:work|tmp|home|usr|var|root)\//,
  /SQLITE_|sqlite3?\b|postgres|\bpg_|ioredis|bullmq|redlock|kysely|mikro|\bknex\b/i,
  /ECONN|EPIPE|ETIMEDOUT|ENOENT|127\.0\.0\.1|localhost/,
  /relation "|constraint|violates|deadlock|syntax error at|OOM command/i,
];

/** @returns the part of a text that says too much */
export function leakIn(text: string): string | null {
  for (const telltale of TELLTALES) {
    const found = telltale.exec(text);
    if (found) return found[0];
  }
  return null;
}
