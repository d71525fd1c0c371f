import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { ADDRESS, MAIL_ENV } from '../support/mailing-box-office.ts';
import { sqliteFile, tamperWith } from '../support/query-database.ts';

const KILLS = 2;

const BOOK = `mutation ($eventId: ID!, $email: String!) {
  bookTicket(input: { eventId: $eventId, userId: "ada", email: $email }) { ... on Booking { id } } }`;
const FIND = 'query ($id: ID!) { booking(id: $id) { status email mailStatus mailError } }';

test('a box office that is killed while the mail server has its mail sends it again, under the same Message-ID', async () => {
  const server = await startMailServer();
  const fleet = await openFleet('embedded');
  try {
    await sendsAgain(fleet, server);
  } finally {
    await fleet.close();
    await server.close();
  }
});

async function sendsAgain(fleet: Fleet, server: MailServer): Promise<void> {
  const env = { ...MAIL_ENV, SMTP_URL: server.url };
  const kill = () => {
    fleet.processes.at(-1)?.signal('SIGKILL');
    return new Promise<void>(() => undefined);
  };
  server.behaviour = { onMail: kill };
  let running = await fleet.start('serve', env);
  const eventId = await createEvent(running.url, { capacity: 10 });
  const { bookTicket } = await graphqlData<{ bookTicket: { id: string } }>(running.url, BOOK, {
    eventId,
    email: ADDRESS,
  });
  for (let killed = 1; killed <= KILLS; killed++) {
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(server.received).toHaveLength(killed);
    // As when its claim has ended by itself.
    tamperWith(sqliteFile(fleet.env), 'update bookings set mail_due_at = created_at where mail_due_at is not null');
    if (killed === KILLS) server.behaviour = {};
    running = await fleet.start('serve', env);
  }
  await eventually(async () => {
    const { booking } = await graphqlData<{ booking: object }>(running.url, FIND, { id: bookTicket.id });
    expect(booking).toEqual({ status: 'FINALIZED', email: ADDRESS, mailStatus: 'SENT', mailError: null });
  });
  expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(1);
  expect(server.received).toHaveLength(KILLS + 1);
}
