import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Each request is a span: a step of its caller's trace when it says which one that is (`traceparent`). */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('boxoffice');
  const places = new WeakMap<FastifyRequest, Context>();
  app.addHook('onRequest', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? '';
    const attributes = { 'http.request.method': method, 'http.route': route };
    const from = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(`${method} ${route}`.trim(), { kind: SpanKind.SERVER, attributes }, from);
    const place = trace.setSpan(from, span);
    places.set(request, place);
    reply.raw.once('close', () => {
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(place, done);
  });
  // What was read of the body came from the socket, not from this request.
  app.addHook('preValidation', (request, _reply, done) => context.with(places.get(request) ?? ROOT_CONTEXT, done));
}
