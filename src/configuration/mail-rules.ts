import { z } from 'zod';

/** How the link to a mail server is encrypted after it was opened in plain text. */
type StartTls = 'required' | 'if offered' | 'off';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** Encrypted from the first byte. */
  readonly secure: boolean;
  readonly startTls: StartTls;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface MailSender {
  readonly name: string;
  readonly address: string;
}

const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

const URL_RULE = 'must be smtp://user:password@host:port or smtps://…; user and password may be left out together';

export const smtpServer = z.string().transform((text, context): MailServer => {
  const server = URL.canParse(text) ? parseSmtpUrl(new URL(text)) : URL_RULE;
  if (typeof server !== 'string') return server;
  context.addIssue({ code: 'custom', message: server });
  return z.NEVER;
});

/** @returns what is wrong with it, without showing it */
function parseSmtpUrl({ protocol, hostname, port, username, password, pathname, search, hash }: URL) {
  const secure = protocol === 'smtps:';
  const isBare = /^\/?$/.test(pathname) && hash === '';
  if ((!secure && protocol !== 'smtp:') || hostname === '' || !isBare) return URL_RULE;
  if ((username === '') !== (password === '')) return URL_RULE;
  const [, tls] = /^(?:\?tls=(required|off))?$/.exec(search) ?? [null, 'unknown'];
  if (tls === 'unknown' || (secure && tls)) {
    return 'must have no parameter but tls=required or tls=off, of smtp://: others are not understood';
  }
  // A password is not shown to whoever reads along.
  const byDefault: StartTls = username === '' ? 'if offered' : 'required';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? SMTPS_PORT : SUBMISSION_PORT) : Number(port),
    secure,
    startTls: (tls as StartTls | undefined) ?? byDefault,
    login: username === '' ? null : { user: decoded(username), password: decoded(password) },
  };
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  return decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'));
}

/** A name may stand before the address in angle brackets. Quotes around it, and what would make it two, are not needed. */
const SENDER =
  /^(?:(?<name>[^\p{Cc}<>",;:]*)<(?<inBrackets>[^\s\p{Cc}<>",;:@]+@[a-z\d.-]+)>|(?<bare>[^\s\p{Cc}<>",;:@]+@[a-z\d.-]+))$/iu;

export const mailSender = z.string().transform((text, context): MailSender => {
  const { name = '', inBrackets, bare } = SENDER.exec(text.trim())?.groups ?? {};
  const address = inBrackets ?? bare;
  if (address !== undefined) return { name: name.trim(), address };
  context.addIssue({ code: 'custom', message: 'must be an address such as Box Office <tickets@shop.example>' });
  return z.NEVER;
});
