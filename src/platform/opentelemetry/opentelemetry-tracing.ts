import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { BullMQOtel } from 'bullmq-otel';
import type { Tracing } from '../tracing.ts';

export class OpenTelemetryTracing implements Tracing {
  readonly on = true;
  readonly ofQueue = new BullMQOtel({ tracerName: 'boxoffice' });
  readonly #tracer: Tracer;
  readonly #places = new WeakMap<object, Context>();
  readonly close: () => Promise<void>;

  constructor(tracer: Tracer, close: () => Promise<void>) {
    this.#tracer = tracer;
    this.close = close;
  }

  step<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#tracer.startActiveSpan(name, (span) => ending(span, work));
  }

  group<T>(name: string, requests: readonly object[], work: () => Promise<T>): Promise<T> {
    const places = requests.map((request) => this.#places.get(request)).filter((place) => place !== undefined);
    const links = places.flatMap((place) => trace.getSpanContext(place) ?? []).map((linked) => ({ context: linked }));
    const options = { links, attributes: { 'boxoffice.group.size': requests.length } };
    return this.#tracer.startActiveSpan(name, options, places[0] ?? ROOT_CONTEXT, (span) => ending(span, work));
  }

  readonly mark = (request: object): void => {
    this.#places.set(request, context.active());
  };

  bind<Work extends () => unknown>(work: Work): Work {
    return context.bind(context.active(), work);
  }

  outgoing(): Readonly<Record<string, string>> | undefined {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    return Object.keys(carrier).length > 0 ? carrier : undefined;
  }

  incoming(name: string, carrier: unknown, work: () => void | Promise<void>): void {
    const from = propagation.extract(ROOT_CONTEXT, carrier ?? {});
    this.#tracer.startActiveSpan(
      name,
      { kind: SpanKind.CONSUMER },
      from,
      (span) => void ending(span, async () => work()),
    );
  }

  idsForLog(): object {
    const ids = trace.getActiveSpan()?.spanContext();
    return ids ? { traceId: ids.traceId, spanId: ids.spanId } : {};
  }
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
