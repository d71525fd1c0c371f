import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGraphqlSchema } from '../../src/api/graphql-schema.ts';
import { laneOf, PERMISSIONS } from '../../src/auth/permissions.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import type { OpenApiDocument } from '../support/openapi-document.ts';
import { ticketsOf } from '../support/tickets.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';
import { join } from '../support/waiting-list.ts';
import {
  ask,
  isAboutHold,
  isAboutTicket,
  isAboutWaiting,
  OPERATIONS,
  type Outcome,
  type Transport,
  type Transports,
} from './operations.ts';

const CALLERS = ['anonymous', 'other buyer', 'owner', 'staff', 'organizer', 'expired token', 'forged token'] as const;
type Caller = (typeof CALLERS)[number];

const UNAUTHENTICATED = 'UNAUTHENTICATED';
const FORBIDDEN = 'FORBIDDEN';

/** One who sends a token that is no good gets nothing at all, not even what is public. */
const BAD_TOKENS = { 'expired token': UNAUTHENTICATED, 'forged token': UNAUTHENTICATED } as const;
const PUBLIC = row('ok', 'ok', 'ok', 'ok', 'ok');
/** What is a file, or for programs that know no GraphQL. */
const REST_ONLY = ['downloadBookings', 'ticketDocument', 'ticketSigningKeys'];

/** What each caller is answered about a booking of `owner`. Written down here, not read from the code. */
const EXPECTED: Readonly<Record<keyof typeof OPERATIONS, Record<Caller, Outcome>>> = {
  //                                 anonymous     other buyer  owner        staff        organizer
  event: PUBLIC,
  events: PUBLIC,
  eventStats: PUBLIC,
  eventStatsChanged: PUBLIC,
  booking: /*                   */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  'bookings of the owner': /*   */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  'bookings of whomever': /*    */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  bookingStatusChanged: /*      */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  'bookTicket for oneself': /*  */ row(UNAUTHENTICATED, 'ok', 'ok', 'ok', 'ok'),
  'bookTicket for the owner': /**/ row(UNAUTHENTICATED, FORBIDDEN, 'ok', FORBIDDEN, 'ok'),
  cancelBooking: /*             */ row(UNAUTHENTICATED, 'unknown', 'ok', 'unknown', 'ok'),
  confirmBooking: /*            */ row(UNAUTHENTICATED, 'unknown', 'ok', 'unknown', 'ok'),
  extendHold: /*                */ row(UNAUTHENTICATED, 'unknown', 'ok', 'unknown', 'ok'),
  'joinWaitingList for oneself': row(UNAUTHENTICATED, 'ok', 'ok', 'ok', 'ok'),
  'joinWaitingList for the owner': row(UNAUTHENTICATED, FORBIDDEN, 'ok', FORBIDDEN, 'ok'),
  waitingListEntry: /*          */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  leaveWaitingList: /*          */ row(UNAUTHENTICATED, 'unknown', 'ok', 'unknown', 'ok'),
  waitingListEntryChanged: /*   */ row(UNAUTHENTICATED, 'unknown', 'ok', 'ok', 'ok'),
  eventBookingsChanged: /*      */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  checkIn: /*                   */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  checkInBatch: /*              */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  undoCheckIn: /*               */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  checkInStats: /*              */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  checkInStatsChanged: /*       */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  downloadBookings: /*          */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, 'ok', 'ok'),
  createEvent: /*               */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  updateEvent: /*               */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  cancelEvent: /*               */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  report: /*                    */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  salesCurve: /*                */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  serviceHealth: /*             */ row(UNAUTHENTICATED, FORBIDDEN, FORBIDDEN, FORBIDDEN, 'ok'),
  // Who knows a ticket's code holds the ticket.
  ticketDocument: PUBLIC,
  ticketSigningKeys: PUBLIC,
};

function row(anonymous: Outcome, otherBuyer: Outcome, owner: Outcome, staff: Outcome, organizer: Outcome) {
  return { anonymous, 'other buyer': otherBuyer, owner, staff, organizer, ...BAD_TOKENS };
}

type Cell = [operation: keyof typeof OPERATIONS, transport: Transport, caller: Caller, outcome: Outcome];
const CELLS = (Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]).flatMap((operation) =>
  (Object.keys(OPERATIONS[operation]) as Transport[]).flatMap((transport) =>
    CALLERS.map((caller): Cell => [operation, transport, caller, EXPECTED[operation][caller]]),
  ),
);

describe('the table of permissions', () => {
  let office: BoxOffice;
  let credentials: Record<Caller, { authorization?: string }>;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { env: JWT_ENV });
    credentials = {
      anonymous: {},
      'other buyer': await bearer('2'),
      owner: await bearer('1'),
      staff: await bearer('3', { role: 'staff' }),
      organizer: await bearer('4', { role: 'organizer' }),
      'expired token': await bearer('1', { role: 'organizer', ttlSeconds: -60 }),
      'forged token': await bearer('1', { role: 'organizer', secret: 'x'.repeat(64) }),
    };
  });
  afterAll(() => office.close());

  test.each(CELLS)('answers %s over %s by %s with %s', async (operation, transport, caller, outcome) => {
    const { container, url, websocketUrl } = office;
    const capacity = isAboutWaiting(operation) ? 1 : 1_000;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity });
    const holdSeconds = isAboutHold(operation) ? 600 : null;
    const bookAnother = () => container.bookTicket({ eventId, userId: '1', holdSeconds });
    const made = await bookAnother();
    if (made.kind !== 'booked') throw new Error(`refused: ${made.code}`);
    const { id: bookingId } = made.booking;
    const headers = credentials[caller];
    const [ticket = { id: 0, code: '' }] = isAboutTicket(operation) ? await ticketsOf(container, bookingId) : [];
    const { id: entryId } = isAboutWaiting(operation) ? await join(container, eventId, '1') : { id: 0 };
    const given = { url, websocketUrl, headers, eventId, bookingId, entryId, owner: '1', ticket, bookAnother };
    expect(await ask(operation, transport, given)).toBe(outcome);
  });

  test('has every operation of both APIs, as this test has, and nothing else', async () => {
    const schema = buildGraphqlSchema();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
    const all = [...fields, ...REST_ONLY].sort();
    expect([...PERMISSIONS.keys()].sort()).toEqual(all);
    const tested = new Set(Object.keys(OPERATIONS).map((operation) => operation.split(' ')[0]));
    expect([...tested].sort()).toEqual(all);

    const { paths } = (await (await fetch(`${office.url}/openapi.json`)).json()) as OpenApiDocument;
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace(/\{.*?\}/g, '*')}`),
    );
    const asked = Object.values(OPERATIONS).flatMap(({ REST = [] }: Transports) =>
      REST.map(({ method, path }) => `${method} ${path('*', '*', '*', '*', '*').replace(/\?.*/, '')}`),
    );
    expect([...new Set(asked)].sort()).toEqual(documented.sort());
  });
});

test('what changes something is counted in the narrower lane, also what nobody has put into the table', () => {
  const schema = buildGraphqlSchema();
  const fieldsOf = (root: { getFields(): object } | null | undefined) => Object.keys(root?.getFields() ?? {});
  const laneOfEach = (operations: readonly string[]) => [...new Set(operations.map(laneOf))];
  expect(laneOfEach(fieldsOf(schema.getMutationType()))).toEqual(['booking']);
  expect(laneOfEach([...fieldsOf(schema.getQueryType()), ...fieldsOf(schema.getSubscriptionType())])).toEqual([
    'reading',
  ]);
  const posted = Object.entries<Transports>(OPERATIONS).filter(([, { REST = [] }]) =>
    REST.some(({ method }) => method !== 'GET'),
  );
  expect(laneOfEach(posted.map(([operation]) => operation.split(' ')[0] as string))).toEqual(['booking']);
  expect(laneOf('transferBooking')).toBe('booking');
});
