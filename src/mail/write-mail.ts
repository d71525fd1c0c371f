import { domainToASCII } from 'node:url';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailSender } from '../configuration/mail-rules.ts';
import type { WrittenMail } from './delivery.ts';
import type { OwedMail } from './due-mails.ts';
import type { MailFacts } from './mail-facts.ts';
import { TEMPLATES } from './mail-templates.ts';

export interface Attachment {
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** Puts a mail into the form in which it travels. */
export async function writeMail(
  from: MailSender,
  mail: OwedMail,
  facts: Omit<MailFacts, 'subject'>,
  attachments: readonly Attachment[],
): Promise<WrittenMail> {
  const templates = TEMPLATES[mail.status];
  const subject = templates.subject({ ...facts, subject: '' }).trim();
  const to = inAscii(mail.email);
  const composer = new MailComposer({
    from: { name: from.name, address: from.address },
    to: { name: '', address: to },
    subject,
    messageId: messageIdOf(mail, from),
    // Nobody is told by return that somebody is on holiday (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: templates.text({ ...facts, subject }),
    html: templates.html({ ...facts, subject }),
    attachments: attachments.map(({ fileName, mediaType, content }) => {
      return { filename: fileName, contentType: mediaType, content: Buffer.from(content) };
    }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { envelope: { from: from.address, to }, message: await composer.compile().build() };
}

/** The same for each try, and another for what a booking becomes after that: who gets a mail twice can tell. */
function messageIdOf({ reference, status }: OwedMail, { address }: MailSender): string {
  return `<${reference}.${status.toLowerCase()}@${address.slice(address.lastIndexOf('@') + 1)}>`;
}

/** Servers that know no other script take it too. */
function inAscii(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}
