import type { Delivery } from './delivery.ts';
import { MailNotTaken } from './smtp-session.ts';

/** What a mail server answers to a mail that it does not take (RFC 5321, 4.2.1). */
interface MailAnswer {
  /** 400 to 599. */
  readonly code: number;
  readonly text: string;
  /** What it answers to, such as `RCPT TO`. */
  readonly command: string;
}

/** As long as the column. */
const MAX_REASON_LENGTH = 255;
const SILENT = 'it does not answer in time';
const NO_ANSWER = 'The mail server did not say whether it took the mail.';
const TOO_LARGE = 'The mail is larger than the mail server takes.';

/** null: there was none. */
export function answerOf(error: unknown): MailAnswer | null {
  const { cause } = error as { cause?: unknown };
  const { responseCode, response, command } = Object(cause) as Partial<Record<string, unknown>>;
  if (typeof responseCode !== 'number' || responseCode < 400) return null;
  return { code: responseCode, text: String(response ?? responseCode), command: String(command ?? '') };
}

/** What to make of a try that failed. */
export function deliveryOf(error: unknown): Delivery {
  // Before the first word of the mail: it is not about this one.
  if (!(error instanceof MailNotTaken)) return { kind: 'away', error: isTimeout(error) ? new Error(SILENT) : error };
  const answer = answerOf(error);
  if (answer) {
    const reason = oneLine(answer.text);
    // What is wrong with the sender is wrong with every mail, until somebody has mended it.
    const isForGood = answer.code >= 500 && answer.command !== 'MAIL FROM';
    return { kind: isForGood ? 'refused' : 'later', reason };
  }
  if ((error.cause as { code?: unknown } | undefined)?.code === 'EMESSAGE')
    return { kind: 'refused', reason: TOO_LARGE };
  return { kind: 'later', reason: NO_ANSWER };
}

/** Of `AbortSignal.timeout`. */
function isTimeout(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'TimeoutError';
}

/** For people, and for a column of text. */
function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return [...line].slice(0, MAX_REASON_LENGTH).join('');
}
