import { setTimeout as delay } from 'node:timers/promises';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logger.ts';
import type { Tracing } from '../tracing.ts';
import { OpenTelemetryTracing } from './opentelemetry-tracing.ts';

const SERVICE = 'boxoffice';
/** A receiver that is away must not hold up the end of the process. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface OpenTelemetryOptions {
  /** Where it listens for OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  readonly role: string;
  readonly version: string;
  readonly log: () => Logger;
}

/**
 * Sends spans to a receiver, over HTTP as JSON. Once in a process, as it becomes what the
 * libraries ask. The other variables of OpenTelemetry (sampler, headers, batches, resource) are read by its SDK.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function openTelemetry({ endpoint, role, version, log }: OpenTelemetryOptions): Tracing {
  const logger = new Proxy({} as Parameters<typeof diag.setLogger>[0], {
    get: () => (message: string) => log().debug({ reason: message }, 'OpenTelemetry'),
  });
  diag.setLogger(logger);
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': SERVICE, 'service.version': version, 'boxoffice.role': role }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return new OpenTelemetryTracing(provider.getTracer(SERVICE, version), async () => {
    const shutdown = provider.shutdown().catch(() => undefined);
    await Promise.race([shutdown, delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  });
}
