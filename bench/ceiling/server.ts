import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyInstance, fastify } from 'fastify';
import { z } from 'zod';
import { importBuilt } from '../built.ts';

// The ceiling: the same stack, schema and resolver classes, with answers that are constants and nothing of ours around
// them. Whatever this server reaches on a machine is the most that any resolver could.

const at = new Date('2026-11-23T07:30:38.123Z');

/** As a use case answers it. */
const BOOKING = {
  id: 4_711,
  reference: '7K3M9XQ2D4TRW8HB',
  eventId: 1,
  userId: '42',
  quantity: 1,
  status: 'PENDING',
  failureReason: null,
  version: 1,
  createdAt: at,
  finalizedAt: null,
} as const;

/** The same, as `POST /book` answers it. */
const BOOKING_OUT = {
  id: BOOKING.id,
  event_id: BOOKING.eventId,
  user_id: Number(BOOKING.userId),
  status: BOOKING.status,
  created_at: at.toISOString(),
  quantity: BOOKING.quantity,
  reference: BOOKING.reference,
};

const { buildGraphqlSchema } =
  await importBuilt<typeof import('../../src/api/graphql-schema.ts')>('api/graphql-schema.js');
const { bookRequest, BOOKING_OUT: bookingOut } =
  await importBuilt<typeof import('../../src/bookings/booking.bodies.ts')>('bookings/booking.bodies.js');
const { ANYBODY } = await importBuilt<typeof import('../../src/auth/viewer.ts')>('auth/viewer.js');

const apollo = new ApolloServer<object>({ schema: buildGraphqlSchema() });
await apollo.start();
const bookTicket = async () => ({ kind: 'booked', booking: BOOKING, replayed: false });
const context = { useCases: { bookTicket }, viewer: ANYBODY };

// Fastify's checker of JSON Schema knows no addresses in every script; the box office has its own.
const ajv = { customOptions: { formats: { 'idn-email': true as const } } };
const app = fastify({ ajv }) as unknown as FastifyInstance;
app.post('/graphql', fastifyApolloHandler(apollo, { context: async () => context }));
const { $schema, title, ...body } = z.toJSONSchema(bookRequest(false), { io: 'input' });
app.post('/book', { schema: { body, response: { 200: bookingOut } } }, async () => BOOKING_OUT);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url, msg: 'listening' }));
process.once('SIGTERM', () => process.exit(0));
