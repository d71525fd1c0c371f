import type { Ticket } from '../tickets/ticket.entity.ts';
import type { OwedMail } from './due-mails.ts';
import type { Attachment } from './write-mail.ts';

/** What mail servers take, and phones like to load; links lead to the rest. */
const MAX_ATTACHED = 10;
const MAX_ATTACHED_BYTES = 5 * 1_048_576;
/** On a machine that has no time a page takes ten seconds; none is begun after these, so that the mail is written in time. */
const MAX_PRINTING_MS = 20_000;
/** For so many tries a mail waits for what cannot be printed; then it goes with what there is. */
const PATIENT_TRIES = 3;

export type PrintTicket = (code: string) => Promise<Attachment>;

/** The first tickets as files. @throws what `print` throws, in the first tries of a mail */
export async function ticketAttachments(
  print: PrintTicket,
  { attempt }: Pick<OwedMail, 'attempt'>,
  tickets: readonly Pick<Ticket, 'code'>[],
): Promise<Attachment[]> {
  const attached: Attachment[] = [];
  const giveUpAt = performance.now() + MAX_PRINTING_MS;
  let bytes = 0;
  try {
    for (const { code } of tickets.slice(0, MAX_ATTACHED)) {
      const printed = await print(code);
      bytes += printed.content.length;
      if (bytes > MAX_ATTACHED_BYTES) break;
      attached.push(printed);
      if (performance.now() > giveUpAt) break;
    }
  } catch (error) {
    if (attempt <= PATIENT_TRIES) throw error;
  }
  return attached;
}

/** null: none are. */
export function whatIsAttached(attached: number, tickets: number): string | null {
  if (attached === 0) return null;
  if (attached < tickets) return `The first ${attached} of ${tickets} tickets are attached.`;
  return tickets === 1 ? 'Your ticket is attached.' : `All ${tickets} tickets are attached.`;
}
