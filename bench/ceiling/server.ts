import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { type FastifyInstance, fastify } from 'fastify';
import { z } from 'zod';
import { importBuilt } from '../built.ts';
import { BOOKING, BOOKING_OUT, constantUseCases } from './constants.ts';

// The ceiling: the same stack, schema and resolver classes, with answers that are constants and nothing of ours around
// them. Whatever this server reaches on a machine is the most that any resolver could.

const { buildGraphqlSchema } =
  await importBuilt<typeof import('../../src/api/graphql-schema.ts')>('api/graphql-schema.js');
const { bookRequest, BOOKING_OUT: bookingOut } =
  await importBuilt<typeof import('../../src/bookings/booking.bodies.ts')>('bookings/booking.bodies.js');
const { ANYBODY } = await importBuilt<typeof import('../../src/auth/viewer.ts')>('auth/viewer.js');

const apollo = new ApolloServer<object>({ schema: buildGraphqlSchema() });
await apollo.start();
const context = { useCases: constantUseCases(BOOKING), viewer: ANYBODY };

const app = fastify() as unknown as FastifyInstance;
app.post('/graphql', fastifyApolloHandler(apollo, { context: async () => context }));
const { $schema, title, ...body } = z.toJSONSchema(bookRequest(false), { io: 'input' });
app.post('/book', { schema: { body, response: { 200: bookingOut } } }, async () => BOOKING_OUT);
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url, msg: 'listening' }));
process.once('SIGTERM', () => process.exit(0));
