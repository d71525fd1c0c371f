import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type FastifyHttpOptions, type FastifyInstance, fastify } from 'fastify';
import type { Container } from '../container.ts';
import { answerWithin } from '../http/answer-deadline.ts';
import { BrokenTransfers } from '../http/broken-transfers.ts';
import { isSubscriber } from '../http/graphql/open-websockets.ts';
import { limitConnections } from '../http/limits/connections.ts';
import { checkHosts, isForUs } from '../http/limits/hosts.ts';
import { tellLargeBodies } from '../http/limits/large-bodies.ts';
import { refuseForeignPages } from '../http/limits/origins.ts';
import { limitRequestsPerAddress } from '../http/limits/per-address.ts';
import { limitPipelining } from '../http/limits/pipelining.ts';
import { RateLimits } from '../http/limits/rate-limits.ts';
import { answerMalformedHttp } from '../http/malformed-http.ts';
import { timeRequests } from '../http/request-times.ts';
import { lazySerializers } from '../http/rest/lazy-serializers.ts';
import { restErrorHandler } from '../http/rest/rest-errors.ts';
import { answerUnknownRoutes } from '../http/rest/unknown-route.ts';
import { allowOrigins, protectAnswers } from '../http/security-headers.ts';
import { registerGraphql } from './graphql.ts';
import { registerHealth } from './health.ts';
import { registerPage } from './page.ts';
import { registerRest } from './rest.ts';

const ANSWER_DEADLINE_MS = 4_000;
/** How late a slow request may be noticed; Node's own 30 s would be three times what such a request may take. */
const CONNECTIONS_CHECK_INTERVAL_MS = 1_000;

/** The HTTP server with all its routes, not yet listening. Closing it lets requests in flight end. */
export async function createServer(container: Container): Promise<FastifyInstance> {
  const { config, failures, metrics, tracing } = container;
  const answerError = restErrorHandler(failures);
  const app = fastify(optionsOf(container, answerError)) as unknown as FastifyInstance;
  limitPipelining(app);
  tellLargeBodies(app, config.http.bodyLimitBytes);
  followRequests(app);
  timeRequests(app, metrics);
  if (tracing.on) (await import('../http/traced-requests.ts')).traceRequests(app);
  app.setErrorHandler(answerError);
  protectAnswers(app);
  answerWithin(app, ANSWER_DEADLINE_MS, failures);
  limitConnections(app.server, container);
  limitRequestsPerAddress(app, config.http.maxRequestsPerAddress, () =>
    metrics.rateLimited.inc({ limit: 'requests-per-address' }),
  );
  checkHosts(app, config);
  await allowOrigins(app, config.corsOrigins);
  refuseForeignPages(app, config.corsOrigins);
  const unknown = answerUnknownRoutes(app);
  registerHealth(app, container, 'selling');
  const rateLimits = new RateLimits(config.rateLimits, container.services.createLimiter, (limit) =>
    metrics.rateLimited.inc({ limit }),
  );
  const graphql = await registerGraphql(app, container, rateLimits);
  await registerRest(app, container, rateLimits);
  await registerPage(app, container, { ...graphql, unknown });
  return app;
}

function optionsOf({ config, log, failures }: Container, answerError: ReturnType<typeof restErrorHandler>) {
  return {
    loggerInstance: log,
    logController: new BrokenTransfers({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }, failures),
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
    schemaController: { compilersFactory: { buildSerializer: lazySerializers() } },
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.header('X-Request-Id', request.id)),
    http: {
      shouldUpgradeCallback: (request: IncomingMessage) => isSubscriber(request) && isForUs(request, config),
      headersTimeout: config.http.headersTimeoutMs,
      connectionsCheckingInterval: CONNECTIONS_CHECK_INTERVAL_MS,
    },
  } satisfies FastifyHttpOptions<Server>;
}

/** Each answer names its request as the log does. */
function followRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    request.log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}

/** A caller's own X-Request-Id is kept when it is a plain token, so that a log can be followed across services. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}
