/* global GraphiQL, React, ReactDOM */

const EXAMPLE = `# Queries and mutations go to /graphql, subscriptions to the same address over WebSocket.
# A token is a header: { "Authorization": "Bearer …" }

query Events {
  events(first: 5) {
    edges {
      node {
        id
        title
        availableCount
      }
    }
  }
}

subscription Places {
  eventStatsChanged(eventId: 1) {
    availableCount
    bookedCount
  }
}
`;

const root = document.getElementById('graphiql');
// Where the library looks that writes a style while a dialogue is open.
globalThis.__webpack_nonce__ = root.dataset.styleNonce;

const url = new URL('/graphql', location.href).href;
const fetcher = GraphiQL.createFetcher({ url, subscriptionUrl: url.replace(/^http/, 'ws') });
const page = React.createElement(GraphiQL, { fetcher, defaultQuery: EXAMPLE, shouldPersistHeaders: false });
ReactDOM.createRoot(root).render(page);
