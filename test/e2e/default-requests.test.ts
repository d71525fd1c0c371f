import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client';
import { cacheExchange, fetchExchange, Client as UrqlClient } from '@urql/core';
import { GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

const CREATE = `mutation Create($title: String!) { createEvent(input: { title: $title, capacity: 2 }) { id title } }`;
const ASK = `query Ask($id: ID!) { event(id: $id) { id title } }`;

interface Created {
  readonly createEvent: { readonly id: string; readonly title: string };
}
interface Asked {
  readonly event: { readonly id: string; readonly title: string } | null;
}

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice('embedded', { worker: false });
});
afterAll(() => office.close());

describe('with nothing but the URL told,', () => {
  /** What was sent, and how it was answered. */
  const requests: string[] = [];
  const noting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    requests.push(`${init?.method ?? 'GET'} ${response.status}`);
    return response;
  };
  beforeEach(() => {
    requests.length = 0;
  });

  test('urql is answered, although it asks its queries by GET', async () => {
    const client = new UrqlClient({
      url: `${office.url}/graphql`,
      exchanges: [cacheExchange, fetchExchange],
      fetch: noting,
    });
    const created = await client.mutation<Created>(CREATE, { title: 'urql' }).toPromise();
    expect(created.error).toBeUndefined();
    const asked = await client.query<Asked>(ASK, { id: created.data?.createEvent.id }).toPromise();
    expect(asked.error).toBeUndefined();
    expect(asked.data?.event).toMatchObject({ id: created.data?.createEvent.id, title: 'urql' });
    expect(requests.splice(0)).toEqual(['POST 200', 'GET 200']);
  });

  test('Apollo Client is answered, also when it is told to ask its queries by GET', async () => {
    for (const useGETForQueries of [false, true]) {
      const link = new HttpLink({ uri: `${office.url}/graphql`, fetch: noting, useGETForQueries });
      const client = new ApolloClient({ cache: new InMemoryCache(), link });
      const created = await client.mutate<Created>({ mutation: apolloGql(CREATE), variables: { title: 'Apollo' } });
      const id = created.data?.createEvent.id;
      const asked = await client.query<Asked>({ query: apolloGql(ASK), variables: { id } });
      expect(asked.data?.event).toMatchObject({ id, title: 'Apollo' });
      expect(requests.splice(0)).toEqual(['POST 200', `${useGETForQueries ? 'GET' : 'POST'} 200`]);
      client.stop();
    }
  });

  test('graphql-request is answered, also when it is told to ask its queries by GET', async () => {
    for (const method of ['POST', 'GET'] as const) {
      const creating = new GraphQLClient(`${office.url}/graphql`, { fetch: noting });
      const { createEvent } = await creating.request<Created>(CREATE, { title: 'graphql-request' });
      const asking = new GraphQLClient(`${office.url}/graphql`, { fetch: noting, method });
      const { event } = await asking.request<Asked>(ASK, { id: createEvent.id });
      expect(event).toEqual(createEvent);
      expect(requests.splice(0)).toEqual(['POST 200', `${method} 200`]);
    }
  });
});
