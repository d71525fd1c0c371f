import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { UpdateStream } from '../../src/bookings/live/update-stream.ts';
import { eventually } from '../support/eventually.ts';
import { acknowledged, closeFrameSockets, complete, Sources, write } from '../support/raw-frames.ts';

afterEach(closeFrameSockets);

test('control: a server that keeps sources by id alone forgets all but one of them', async () => {
  const sources = new Sources<UpdateStream<number>>();
  const subscribe = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return sources.note(new UpdateStream<number>());
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { n: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { n: { type: GraphQLInt, subscribe } } }),
  });
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  useServer({ schema }, server);
  try {
    await once(server, 'listening');
    const client = await acknowledged(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const watch = { id: '1', type: 'subscribe', payload: { query: 'subscription { n }' } };
    write(client, [...Array.from({ length: 200 }, () => [watch, complete('1')]).flat(), watch]);
    await eventually(() => sources.opened.length === 201);
    client.socket.destroy();
    await eventually(() => server.clients.size === 0);
    expect(sources.alive).toBeGreaterThanOrEqual(100);
  } finally {
    for (const source of sources.opened) void source.return();
    server.close();
  }
});
