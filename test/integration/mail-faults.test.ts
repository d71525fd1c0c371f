import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { type MailConfig, readConfig } from '../../src/config.ts';
import type { Delivery } from '../../src/mail/delivery.ts';
import { SmtpDelivery } from '../../src/mail/smtp-delivery.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { tlsContext } from '../../src/platform/tls-context.ts';
import { type CertificateAuthority, certificateAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import {
  answer,
  type MailBehaviour,
  type MailServer,
  type MailServerOptions,
  type ReceivedMail,
  startMailServer,
} from '../support/mail-server.ts';
import { ADDRESS, MAIL_ENV, openMailingBoxOffice } from '../support/mailing-box-office.ts';
import { freePort } from '../support/services/server-process.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function startServer(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  open.push(server);
  return server;
}

async function openOffice(url: string, env: Readonly<Record<string, string>> = {}) {
  const opened = await openMailingBoxOffice({ url }, { env });
  open.push(opened.office);
  return opened;
}

/** What a server does with the first mails, one after the other; then it takes all. */
function first(...answers: (() => void)[]): () => void {
  return () => answers.shift()?.();
}

const says = (code: number, text: string) => () => {
  throw answer(code, text);
};

interface Fault extends MailBehaviour {
  /** Mails that came whole, and those that the server said it took. */
  readonly came: number;
  readonly taken: number;
  readonly becomes: Partial<Booking>;
  readonly attempts: number;
}

const SENT = { mailStatus: 'SENT', mailError: null } as const;
const refused = (mailError: string) => ({ mailStatus: 'REFUSED', mailError }) as const;

const FAULTS: Readonly<Record<string, Fault>> = {
  'that defers the address twice': {
    onRecipient: first(says(451, 'greylisted'), says(450, 'still greylisted')),
    came: 1,
    taken: 1,
    becomes: SENT,
    attempts: 3,
  },
  'that defers the mail when it has read it': {
    onMail: first(says(451, 'try again')),
    came: 2,
    taken: 1,
    becomes: SENT,
    attempts: 2,
  },
  'that goes down with a 421': {
    onRecipient: first(says(421, 'closing')),
    came: 1,
    taken: 1,
    becomes: SENT,
    attempts: 2,
  },
  'that knows no such address': {
    onRecipient: says(550, '5.1.1 no such user'),
    came: 0,
    taken: 0,
    becomes: refused('550 5.1.1 no such user'),
    attempts: 1,
  },
  'that does not let us send as MAIL_FROM, until somebody has mended that': {
    onSender: first(says(550, 'not yours'), says(553, 'not yours')),
    came: 1,
    taken: 1,
    becomes: SENT,
    attempts: 3,
  },
  'that refuses the mail when it has read it': {
    onMail: says(554, 'spam\u0000 <ada@buyers.example>'),
    came: 1,
    taken: 0,
    becomes: refused('554 spam <ada@buyers.example>'),
    attempts: 1,
  },
  'that defers it for ever': {
    onRecipient: says(451, 'not today'),
    came: 0,
    taken: 0,
    becomes: refused('451 not today'),
    attempts: 4,
  },
};

describe('a mail server', () => {
  let server: MailServer;
  let opened: Awaited<ReturnType<typeof openMailingBoxOffice>>;
  beforeAll(async () => {
    server = await startMailServer();
    opened = await openMailingBoxOffice(server, { env: { MAIL_ATTEMPTS: '4' } });
  });
  afterAll(async () => {
    await opened.office.close();
    await server.close();
  });
  const ofBooking = (mails: readonly ReceivedMail[], reference: string) =>
    mails.filter(({ messageId }) => messageId === `<${reference}.finalized@shop.example>`).length;

  test.each(Object.entries(FAULTS))('%s', async (_name, fault) => {
    server.behaviour = fault;
    const { id, reference } = await opened.book();
    await opened.becomes(id, fault.becomes);
    const { received, taken } = server;
    const [came, wasTaken] = [ofBooking(received, reference), ofBooking(taken, reference)];
    expect({ came, taken: wasTaken }).toEqual({ came: fault.came, taken: fault.taken });
    expect(await opened.columns(id)).toEqual({ attempts: fault.attempts, due: null });
  });

  test('that has the mail and loses its answer gets it again, under the same Message-ID', async () => {
    let dropped = false;
    server.behaviour = {
      onMail: (_mail, session) => {
        if (dropped) return;
        dropped = true;
        server.drop(session);
        return new Promise(() => undefined);
      },
    };
    const { id, reference } = await opened.book();
    await opened.becomes(id, SENT);
    expect(ofBooking(server.received, reference)).toBe(2);
    expect(await opened.columns(id)).toMatchObject({ attempts: 2 });
  });

  test('that has ended a session meanwhile costs no try', async () => {
    const sessions: Parameters<MailServer['drop']>[0][] = [];
    server.behaviour = { onMail: (_mail, session) => void sessions.push(session) };
    await opened.becomes((await opened.book()).id, SENT);
    server.drop(sessions[0] as (typeof sessions)[number]);
    const { id, reference } = await opened.book();
    await opened.becomes(id, SENT);
    expect(await opened.columns(id)).toMatchObject({ attempts: 1 });
    expect(ofBooking(server.received, reference)).toBe(1);
  });
});

test('a mail server that is not there only delays: nothing is used up, and all is sent when it comes', async () => {
  const port = await freePort();
  const { office, book, becomes, columns } = await openOffice(`smtp://127.0.0.1:${port}`, { MAIL_ATTEMPTS: '1' });
  const bookings = await Promise.all([book(), book(), book(), book()]);
  const { mails } = office.container.metrics;
  const triedInVain = async () => (await mails.get()).values.find(({ labels }) => labels['result'] === 'away')?.value;
  await eventually(async () => expect(await triedInVain()).toBeGreaterThan(bookings.length), { timeoutMs: 10_000 });
  for (const { id } of bookings) {
    await becomes(id, { status: 'FINALIZED', mailStatus: 'OWED', mailError: null });
    expect((await columns(id)).attempts).toBeLessThanOrEqual(1);
  }
  const server = await startServer({ port });
  for (const { id } of bookings) await becomes(id, SENT);
  expect(server.received).toHaveLength(bookings.length);
});

test('no line of the log has an address, or the code of a ticket; an outage is two of them', async () => {
  const port = await freePort();
  const lines: string[] = [];
  const log = createLogger('trace', { destination: { write: (line) => void lines.push(line) } });
  const opened = await openMailingBoxOffice({ url: `smtp://127.0.0.1:${port}` }, { overrides: { log } });
  open.push(opened.office);
  const { office, book, becomes } = opened;
  const { id } = await book();
  await eventually(() => expect(lines.join('')).toContain('mail server is away, mails wait until it is back'));
  const says550 = says(550, `<${ADDRESS}> is unknown here`);
  const server = await startServer({ port, behaviour: { onRecipient: first(says550) } });
  await becomes(id, refused(`550 <${ADDRESS}> is unknown here`));
  await becomes((await book()).id, SENT);
  await eventually(() => expect(lines.join('')).toContain('mail server is back'));
  expect(lines.filter((line) => line.includes('mail server is'))).toHaveLength(2);
  expect(lines.join('')).toContain('a mail was not taken, its booking says why');
  const [ticket] = await office.container.tickets.ofBookings([id]);
  for (const secret of [ADDRESS, ADDRESS.split('@')[1] as string, ticket?.code as string]) {
    expect(lines.join('')).not.toContain(secret);
  }
  expect(server.taken).toHaveLength(1);
});

describe('a tarpit', () => {
  const sockets = new Set<Socket>();
  /** Says this to whoever comes, and then one more line every 20 ms. */
  async function startTarpit(greeting: string, line: string): Promise<string> {
    const tarpit = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(greeting);
      const drip = setInterval(() => line && socket.write(line), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => tarpit.listen(port, '127.0.0.1', resolve));
    open.push({
      close: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => tarpit.close(resolve));
      },
    });
    return `smtp://127.0.0.1:${port}`;
  }

  test.each([
    ['that says nothing', '', ''],
    ['that never comes to the end of its greeting', '220-welcome\r\n', '220-and wait\r\n'],
  ])('%s holds up no booking, no finalization and no stop', async (_name, greeting, line) => {
    const url = await startTarpit(greeting, line);
    const { office, book, becomes, find } = await openOffice(url, {
      MAIL_SEND_TIMEOUT_MS: '15000',
      MAIL_CONNECTIONS: '2',
    });
    const bookings = await Promise.all(Array.from({ length: 8 }, () => book()));
    await eventually(() => expect(sockets.size).toBeGreaterThanOrEqual(2));
    for (const { id } of bookings) await becomes(id, { status: 'FINALIZED', mailStatus: 'OWED' });
    const since = performance.now();
    await office.container.stopWorker();
    expect(performance.now() - since).toBeLessThan(3_500);
    // Nothing of them was said, so the next worker begins at once.
    for (const { id } of bookings) expect(await find(id)).toMatchObject({ mailStatus: 'OWED', mailError: null });
    const claimed = await office.container.db
      .em()
      .execute<{ id: number }[]>('select id from bookings where mail_attempts > 0');
    expect(claimed).toEqual([]);
  });

  test('is left in time, and the mails wait', async () => {
    const url = await startTarpit('', '');
    const { book, office, becomes } = await openOffice(url, { MAIL_SEND_TIMEOUT_MS: '100' });
    const { id } = await book();
    const { mails } = office.container.metrics;
    await eventually(async () => expect((await mails.get()).values).toMatchObject([{ labels: { result: 'away' } }]));
    await becomes(id, { mailStatus: 'OWED', mailError: null });
  });

  test('that takes the address and then says nothing uses up a try of that mail', async () => {
    const server = await startServer({ behaviour: { onMail: () => new Promise(() => undefined) } });
    const { book, becomes } = await openOffice(server.url, { MAIL_SEND_TIMEOUT_MS: '200', MAIL_ATTEMPTS: '2' });
    const { id } = await book();
    await becomes(id, refused('The mail server did not say whether it took the mail.'));
    expect(server.received).toHaveLength(2);
  });
});

describe('a mail server whose link is', () => {
  let authority: CertificateAuthority;
  let right: MailServerOptions;
  beforeAll(async () => {
    authority = await certificateAuthority();
    right = { certificate: await authority.issue('mail', { subjectAltName: 'IP:127.0.0.1' }) };
  });
  afterAll(() => authority.folder.remove());

  const LOGIN = { user: 'shop', password: 'p@ss:word%/' };
  const escaped = ({ port }: MailServer) => `smtp://shop:${encodeURIComponent(LOGIN.password)}@127.0.0.1:${port}`;
  const mail = { envelope: { from: 'tickets@shop.example', to: ADDRESS }, message: Buffer.from('Subject: x\r\n\r\nx') };

  async function deliver(url: string, ca: string | null): Promise<Delivery> {
    const { server } = readConfig({ ...MAIL_ENV, SMTP_URL: url }).mail as MailConfig;
    const roots = ca === null ? null : { setting: 'SMTP_TLS_CA_FILE', path: ca };
    const tls = tlsContext({ roots, certificate: null, key: null }, () => undefined);
    const smtp = new SmtpDelivery({ server, tls, timeoutMs: 5_000 });
    const delivery = await smtp.deliver(async () => mail);
    smtp.close();
    return delivery;
  }

  test.each([
    ['encrypted with a certificate of somebody else', () => ({ ...right, secure: true }), ({ url }: MailServer) => url],
    ['to be encrypted with a certificate of somebody else', () => right, ({ url }: MailServer) => url],
    ['never encrypted, and shall have a password', () => ({ login: LOGIN }), escaped],
  ])('%s gets no mail, and no password', async (_name, options, urlOf) => {
    const server = await startServer(options());
    expect(await deliver(urlOf(server), null)).toMatchObject({ kind: 'away' });
    expect(server.received).toEqual([]);
  });

  test.each([
    ['encrypted', () => ({ ...right, secure: true }), ({ url }: MailServer) => url],
    ['encrypted on demand, for who logs in', () => ({ ...right, login: LOGIN }), escaped],
  ])('%s as SMTP_TLS_CA_FILE says gets the mail', async (_name, options, urlOf) => {
    const server = await startServer(options());
    expect(await deliver(urlOf(server), authority.root)).toEqual({ kind: 'sent' });
    expect(server.taken).toHaveLength(1);
  });
});
