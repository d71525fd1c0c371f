import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Certificate } from './certificates.ts';

/** A mail as it came over the line, whatever was answered to it. */
export interface ReceivedMail {
  readonly to: readonly string[];
  readonly from: string;
  readonly raw: string;
  readonly messageId: string;
  readonly subject: string;
}

/** What the server does with a mail; anything else that is thrown is its answer (`responseCode`). */
export interface MailBehaviour {
  /** Before its greeting. */
  readonly onConnection?: () => void | Promise<void>;
  /** To MAIL FROM. */
  readonly onSender?: () => void | Promise<void>;
  /** To RCPT TO. */
  readonly onRecipient?: (address: string) => void | Promise<void>;
  /** Has the whole mail; the sender has not been answered. */
  readonly onMail?: (mail: ReceivedMail, session: SMTPServerSession) => void | Promise<void>;
}

export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** All that came whole, in their order, those that were not taken among them. */
  readonly received: ReceivedMail[];
  /** Those that it said it took. */
  readonly taken: ReceivedMail[];
  behaviour: MailBehaviour;
  /** Ends the connection of this session without another word. */
  drop(session: SMTPServerSession): void;
  close(): Promise<void>;
}

export interface MailServerOptions {
  readonly behaviour?: MailBehaviour;
  readonly port?: number;
  /** Encrypted from the first byte, or, with STARTTLS, later; without one there is no encryption. */
  readonly certificate?: Certificate;
  readonly secure?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

export function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail server of one's own on 127.0.0.1. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { certificate, secure = false, login } = options;
  const received: ReceivedMail[] = [];
  const taken: ReceivedMail[] = [];
  const sockets = new Map<string, { destroy(): void }>();

  const settings: SMTPServerOptions = {
    secure,
    ...(certificate && { key: readFileSync(certificate.key), cert: readFileSync(certificate.certificate) }),
    disabledCommands: [...(certificate ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    authOptional: !login,
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.user && password === login?.password) return done(null, { user: username });
      done(answer(535, 'no'));
    },
    onConnect: (_session, done) => settle(() => server.behaviour.onConnection?.(), done),
    onMailFrom: (_address, _session, done) => settle(() => server.behaviour.onSender?.(), done),
    onRcptTo: ({ address }, _session, done) => settle(() => server.behaviour.onRecipient?.(address), done),
    onData: (stream, session, done) => {
      void read(stream, session).then((mail) => {
        received.push(mail);
        return settle(
          () => server.behaviour.onMail?.(mail, session),
          (error) => {
            if (!error) taken.push(mail);
            done(error);
          },
        );
      }, done);
    },
    closeTimeout: 0,
  };
  const smtp = new SMTPServer(settings);
  smtp.on('error', () => undefined);
  smtp.server.on(secure ? 'secureConnection' : 'connection', (socket: AddressedSocket) => {
    const key = `${socket.remotePort}`;
    sockets.set(key, socket);
    socket.on('close', () => sockets.delete(key));
  });
  const listening = once(smtp.server, 'listening');
  smtp.listen(options.port ?? 0, '127.0.0.1');
  await listening;
  const { port } = smtp.server.address() as AddressInfo;

  const server: MailServer = {
    port,
    url: `${secure ? 'smtps' : 'smtp'}://${login ? `${login.user}:${login.password}@` : ''}127.0.0.1:${port}`,
    received,
    taken,
    behaviour: options.behaviour ?? {},
    drop: ({ remotePort }) => sockets.get(`${remotePort}`)?.destroy(),
    close: async () => {
      const closed = new Promise<void>((resolve) => smtp.close(resolve));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
  return server;
}

interface AddressedSocket {
  readonly remotePort?: number;
  destroy(): void;
  on(event: 'close', listener: () => void): unknown;
}

function settle(work: () => void | Promise<void> | undefined, done: (error?: Error | null) => void): void {
  void (async () => work())().then(
    () => done(),
    (error: Error) => done(error),
  );
}

async function read(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  return {
    raw,
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    messageId: /^Message-ID: (.*)\r$/im.exec(raw)?.[1] ?? '',
    subject: /^Subject: (.*)\r$/im.exec(raw)?.[1] ?? '',
  };
}
