import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import websocket from '@fastify/websocket';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import type { WebSocketServer } from 'ws';
import type { Container } from '../container.ts';
import { answerWithin } from './answer-deadline.ts';
import { startApollo } from './graphql/apollo.ts';
import { graphqlContext } from './graphql/context.ts';
import { guardOperations } from './graphql/guard-operations.ts';
import { viewerOf } from './graphql/http-viewer.ts';
import { admitQueriesByGet } from './graphql/queries-by-get.ts';
import { graphqlErrorHandler } from './graphql/request-errors.ts';
import { buildGraphqlSchema } from './graphql/schema.ts';
import { subscriptionHandlers } from './graphql/subscription-handlers.ts';
import { subscriptionParts } from './graphql/subscription-parts.ts';
import { limitConnections } from './limits/connections.ts';
import { checkHosts, isForUs } from './limits/hosts.ts';
import { refuseForeignPages } from './limits/origins.ts';
import { limitPipelining } from './limits/pipelining.ts';
import { RateLimits } from './limits/rate-limits.ts';
import { limitRequestsPerAddress } from './limits/requests-per-address.ts';
import { answerMalformedHttp } from './malformed-http.ts';
import { registerOperations } from './operations.ts';
import { registerRest } from './rest/rest.ts';
import { restErrorHandler } from './rest/rest-errors.ts';
import { answerUnknownRoutes } from './rest/unknown-route.ts';
import { allowOrigins, protectAnswers, protectPages } from './security-headers.ts';

const ANSWER_DEADLINE_MS = 4_000;
/** How late a slow request may be noticed; Node's own 30 s would be three times what such a request may take. */
const CONNECTIONS_CHECK_INTERVAL_MS = 1_000;
const GOING_AWAY = 1001;
const CLOSE_TIMEOUT_MS = 2_000;
/** Frames, and pieces as they arrive, that one message may come in: each is kept until the last one is here. */
const MAX_MESSAGE_PARTS = 1_000;

/** The HTTP server with all its routes, not yet listening. Closing it lets requests in flight end. */
export async function createServer(container: Container): Promise<FastifyInstance> {
  const { config, log, failures } = container;
  const answerRestError = restErrorHandler(failures);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.http.bodyLimitBytes,
    trustProxy: config.trustProxy,
    requestTimeout: config.http.requestTimeoutMs,
    connectionTimeout: config.http.idleTimeoutMs,
    // Our own answers also while stopping.
    return503OnClosing: false,
    keepAliveTimeout: config.http.idleTimeoutMs,
    forceCloseConnections: 'idle',
    genReqId: requestId,
    clientErrorHandler: answerMalformedHttp,
    // The reference system redirects `/event/` to `/event`; clients that do not follow are answered too.
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) =>
      answerRestError(error, request, reply.header('X-Request-Id', request.id)),
    http: {
      shouldUpgradeCallback: (request) => isSubscriber(request) && isForUs(request, config),
      headersTimeout: config.http.headersTimeoutMs,
      connectionsCheckingInterval: CONNECTIONS_CHECK_INTERVAL_MS,
    },
  }) as unknown as FastifyInstance;
  limitPipelining(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    request.log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
  app.setErrorHandler(answerRestError);
  protectAnswers(app);
  answerWithin(app, ANSWER_DEADLINE_MS, failures);
  limitConnections(app.server, container);
  limitRequestsPerAddress(app, config.http.maxRequestsPerAddress);
  checkHosts(app, config);
  await allowOrigins(app, config.corsOrigins);
  refuseForeignPages(app, config.corsOrigins);
  answerUnknownRoutes(app);
  registerOperations(app, container, 'selling');
  const rateLimits = new RateLimits(config.rateLimits, container.services.createLimiter);
  await registerGraphql(app, container, rateLimits);
  await registerRest(app, container, rateLimits);
  return app;
}

async function registerGraphql(app: FastifyInstance, container: Container, rateLimits: RateLimits): Promise<void> {
  const { failures } = container;
  const answerError = graphqlErrorHandler(failures);
  const schema = buildGraphqlSchema();
  guardOperations(schema);
  const apollo = await startApollo(schema, container);
  const handler = fastifyApolloHandler(apollo, {
    async context(request, reply) {
      reply.header('Cache-Control', 'no-store');
      const viewer = await viewerOf(container, request);
      return graphqlContext(container, rateLimits, { viewer, address: request.ip, noteFailure: failures.of(request) });
    },
  });
  await app.register(async (graphql) => {
    graphql.setErrorHandler(answerError);
    graphql.route({ method: 'POST', url: '/graphql', handler });
  });
  await app.register(async (graphql) => {
    graphql.setErrorHandler(answerError);
    graphql.addHook('onRequest', admitQueriesByGet(container.config.corsOrigins));
    // Apollo Sandbox has its scripts from Apollo's site.
    await protectPages(graphql, 'their own');
    await openWebSockets(graphql, container);
    graphql.route({
      method: 'GET',
      url: '/graphql',
      handler,
      ...subscriptionHandlers(subscriptionParts(schema, container, rateLimits)),
    });
  });
  app.addHook('onClose', () => apollo.stop());
}

async function openWebSockets(app: FastifyInstance, container: Container): Promise<void> {
  const socketOptions = {
    maxPayload: container.config.websocket.maxPayloadBytes,
    perMessageDeflate: false,
    maxFragments: MAX_MESSAGE_PARTS,
    maxBufferedChunks: MAX_MESSAGE_PARTS,
    // One message of a socket in one turn, however many came together: others want theirs handled too.
    allowSynchronousEvents: false,
    // Pongs that are not read must not pile up.
    autoPong: false,
    handleProtocols,
    // A client that does not read would hold up the end of the process.
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  await app.register(websocket, {
    options: socketOptions,
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'websocket client');
      socket.terminate();
    },
    preClose: (done) => closeSockets(app.websocketServer, done),
  });
}

function closeSockets(server: WebSocketServer, done: () => void): void {
  for (const socket of server.clients) socket.close(GOING_AWAY, 'The server is going away');
  server.close();
  done();
}

/** Any other upgrade, such as the h2c that some HTTP clients ask for, is answered as an ordinary request. */
function isSubscriber({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && /^\/graphql\/?(\?|$)/.test(url);
}

/** A caller's own X-Request-Id is kept when it is a plain token, so that a log can be followed across services. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}
