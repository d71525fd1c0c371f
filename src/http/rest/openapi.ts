import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { versionOfPackage } from '../../version.ts';

const DESCRIPTION = `Sells a limited number of places without ever selling one that does not exist.

A booking is \`PENDING\` when it is answered and becomes final a moment later; live updates are in the GraphQL API at \`/graphql\`.
Integers are read laxly: \`"7"\`, \`7.0\` and \`true\` count. Unknown fields are ignored.`;

/** Collects the routes that follow and have a tag; the others are not part of the REST API. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Box Office',
        version: versionOfPackage(),
        description: DESCRIPTION,
        contact: { name: 'Whoever runs this box office' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // The host that serves the document, whatever its name.
      servers: [{ url: '/' }],
      tags: [
        { name: 'events', description: 'What is on sale.' },
        { name: 'bookings', description: 'Who has which places.' },
        { name: 'waiting list', description: 'Who waits for places that come back.' },
        { name: 'tickets', description: 'What lets people in.' },
        { name: 'door', description: 'Who has come in.' },
        { name: 'reports', description: 'How sales are going.' },
      ],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      // Without authentication, and for what is public, no token is needed.
      security: [{}, { bearer: [] }],
    },
    refResolver: { buildLocalReference: (schema, _baseUri, _fragment, i) => String(schema.$id ?? `schema-${i}`) },
  });
}

/** `/docs` and `/openapi.json`. */
export async function serveDocumentation(rest: FastifyInstance): Promise<void> {
  rest.get('/openapi.json', { schema: { hide: true } }, async () => rest.swagger());
  await rest.register(swaggerUi, { routePrefix: '/docs', theme: { title: 'Box Office: REST API' } });
}

/** The document as it is printed to schema/openapi.json; the same on every host and port. */
export async function openApiDocument(app: FastifyInstance): Promise<object> {
  await app.ready();
  return app.swagger();
}
