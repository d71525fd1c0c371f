import { getIntrospectionQuery } from 'graphql';
import type { Random } from '../../chaos/random.ts';
import { bodyOf, isNothing } from './hostile-answer.ts';
import { ask, askGraphql, JSON_TYPE } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { VICTIM } from './hostile-stage.ts';

const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
const booking = (id: string, selection: string) => `{ booking(id: "${id}") { ${selection} } }`;

/** Documents of a kind: each call makes another one of them, all above what a document may have. */
type MakeDocument = (random: Random, bookingId: string) => string;

const DOCUMENTS: Readonly<Record<string, MakeDocument>> = {
  'deep documents': (random, id) => {
    const depth = random.int(12, 2_000);
    const open = random.pick(['... { ', 'event { ', '... on Booking { ']);
    return booking(id, `${open.repeat(depth)} id ${'}'.repeat(depth)}`);
  },
  'wide documents': (random) => `{ ${times(random.int(600, 3_000), (i) => `f${i}`)} }`,
  aliases: (random, id) =>
    booking(
      id,
      times(random.int(16, 200), (i) => `a${i}: ${random.pick(['id', 'reference'])}`),
    ),
  'the same field again and again': (random, id) => booking(id, 'reference '.repeat(random.int(6, 800))),
  '__typename floods': (random) => {
    const count = random.int(16, 900);
    return `{ ${random.chance(0.5) ? '__typename '.repeat(count) : times(count, (i) => `a${i}: __typename`)} }`;
  },
  'circular fragments': (random, id) => {
    const length = random.int(1, 40);
    const fragments = times(length, (i) => `fragment F${i} on Booking { reference ...F${(i + 1) % length} }`);
    return `${booking(id, '...F0')} ${fragments}`;
  },
  directives: (random, id) =>
    booking(
      id,
      `reference ${random.pick(['@include(if: true) ', '@aa ', '@skip(if: false) ']).repeat(random.int(11, 300))}`,
    ),
  introspection: (random) =>
    random.pick([
      getIntrospectionQuery(),
      '{ __schema { types { name fields { name } } } }',
      '{ __type(name: "Booking") { fields { name } } }',
      '{ a: __schema { queryType { name } } }',
      'query ($n: String!) { __type(name: $n) { name } }',
      '{ ... on Query { __schema { directives { name } } } }',
    ]),
  'pages of everything': (random) =>
    random.pick([
      '{ bookings(first: 100) { edges { node { id tickets { code serial } event { id title } } } } }',
      '{ bookings(first: 2147483647) { edges { node { reference } } } }',
      '{ events(first: -1) { edges { node { id } } } }',
      `{ ${times(15, (i) => `a${i}: bookings(first: 100) { edges { node { id reference status } } }`)} }`,
      '{ events(first: 1000) { edges { node { id } } } }',
    ]),
  'documents that are none': (random) =>
    random.pick(['{', '}', '', '{ booking', 'query', '\u0000', '{ 😀 }', '# only a comment', '{ a(b: $c) }', '"""']),
};

const CREATE = 'mutation { createEvent(input: { title: "Mine", capacity: 1 }) { id } }';

const documents: HostileKind[] = Object.entries(DOCUMENTS).map(([name, make]) => ({
  name,
  count: 120,
  send: (stage, from, random) => {
    const query = make(random, random.pick(stage.victims).id);
    return askGraphql(stage, from, random.pick(stage.buyers), { query });
  },
  harmless: isNothing,
}));

const PROTOTYPES = [
  '{"query":"{ __typename }","__proto__":{"viewer":{"kind":"organizer"}}}',
  '{"query":"{ report { totalCapacity } }","variables":{"__proto__":{"kind":"organizer"}}}',
  '{"query":"{ report { totalCapacity } }","constructor":{"prototype":{"kind":"organizer"}}}',
  '{"event_id":1,"__proto__":{"user_id":1,"kind":"organizer"}}',
  `{"title":"Mine","capacity":1,"__proto__":{"viewer":{"kind":"organizer","userId":"${VICTIM}"}}}`,
  '{"__proto__":null}',
  '{"constructor":{"prototype":{"event_id":1}}}',
];

export const GRAPHQL_KINDS: readonly HostileKind[] = [
  ...documents,
  {
    name: 'batches',
    count: 150,
    send: (stage, from, random) => {
      const batch = Array.from({ length: random.int(1, 50) }, () => ({ query: CREATE }));
      return askGraphql(stage, from, random.pick(stage.buyers), batch);
    },
  },
  {
    name: 'mutations by GET',
    count: 150,
    send: (stage, from, random) => {
      const headers = { ...random.pick(stage.buyers), ...(random.chance(0.5) && { 'apollo-require-preflight': '1' }) };
      return ask(stage, from, { path: `/graphql?query=${encodeURIComponent(CREATE)}`, headers });
    },
  },
  {
    name: '__proto__ payloads',
    count: 250,
    send: (stage, from, random) => {
      const headers = { ...JSON_TYPE, ...random.pick(stage.buyers) };
      const path = random.pick(['/graphql', '/event', '/book']);
      return ask(stage, from, { path, headers, body: random.pick(PROTOTYPES) });
    },
    harmless: (answer) => bodyOf(answer).trim() === '{"data":{"__typename":"Query"}}',
  },
  {
    name: 'more reads than a user may',
    count: 400,
    send: (stage, from) =>
      askGraphql(stage, from, stage.greedy, { query: `{ eventStats(eventId: "${stage.eventId}") { capacity } }` }),
    harmless: (answer) => bodyOf(answer).trim() === '{"data":{"eventStats":{"capacity":3}}}',
  },
];
