import { graphql } from 'relay-runtime';

// Read by relay-compiler only; main.mjs runs what it makes of this.
graphql`
  query eventsQuery($count: Int!, $cursor: String) {
    ...events_list @arguments(count: $count, cursor: $cursor)
  }
`;

graphql`
  fragment events_list on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "eventsPageQuery") {
    events(first: $count, after: $cursor) @connection(key: "list_events") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

graphql`
  mutation eventsCreateMutation($input: CreateEventInput!) {
    createEvent(input: $input) {
      id
      title
    }
  }
`;
