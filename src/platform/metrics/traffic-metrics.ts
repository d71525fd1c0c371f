import type { Factory } from './registry.ts';

const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Of connections, requests and subscriptions. */
export function trafficMetrics({ counter, gauge, histogram }: Factory) {
  return {
    requestSeconds: histogram(
      'boxoffice_http_request_duration_seconds',
      'Time from the headers of a request to the end of its answer; operation: query or mutation, of GraphQL',
      ANSWER_SECONDS,
      'method',
      'route',
      'operation',
      'status',
    ),
    subscriptionSeconds: histogram(
      'boxoffice_subscription_start_seconds',
      'Time until a subscription had its source, or was refused',
      ANSWER_SECONDS,
    ),
    rateLimited: counter(
      'boxoffice_rate_limited_total',
      'Requests, sockets and subscriptions refused because their user or address had too many, by the limit',
      'limit',
    ),
    connections: gauge('boxoffice_connections', 'TCP connections that are open, WebSockets among them'),
    connectionsRefused: counter(
      'boxoffice_connections_refused_total',
      'TCP connections closed at once, by the limit they were over',
      'limit',
    ),
    websockets: gauge('boxoffice_websockets', 'WebSockets that are open'),
    subscriptions: gauge('boxoffice_subscriptions', 'Subscriptions whose source is open or being opened'),
    updatesDropped: counter(
      'boxoffice_updates_dropped_total',
      'Updates a subscriber was never sent, because a newer one came before it had read them',
    ),
    slowClients: counter('boxoffice_slow_clients_total', 'WebSockets ended because their client did not read'),
  };
}
