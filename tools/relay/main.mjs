import {
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getSingularSelector,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime';
import list from '../generated/relay/events_list.graphql.js';
import createMutation from '../generated/relay/eventsCreateMutation.graphql.js';
import eventsPageQuery from '../generated/relay/eventsPageQuery.graphql.js';
import eventsQuery from '../generated/relay/eventsQuery.graphql.js';

// A Relay application without a page: creates three events, lists them two at a time, and prints the titles it then has.
const [, , url] = process.argv;
const network = Network.create(async ({ text: query }, variables) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return response.json();
});
const environment = new Environment({ network, store: new Store(new RecordSource()) });

for (const title of ['first', 'second', 'third']) {
  const variables = { input: { title, capacity: 2 } };
  await new Promise((onCompleted, onError) => {
    commitMutation(environment, { mutation: createMutation, variables, onCompleted, onError });
  });
}

const operation = createOperationDescriptor(eventsQuery, { count: 2 });
environment.retain(operation);
let { events } = await page(eventsQuery, { count: 2 });
while (events.pageInfo.hasNextPage) {
  ({ events } = await page(eventsPageQuery, { count: 2, cursor: events.pageInfo.endCursor }));
}
console.log(events.edges.map(({ node }) => node.title).join(' '));

/** @returns the whole list so far, as the store has it after one more page */
async function page(query, variables) {
  await fetchQuery(environment, query, variables).toPromise();
  const { data } = environment.lookup(operation.fragment);
  return environment.lookup(getSingularSelector(list, data)).data;
}
