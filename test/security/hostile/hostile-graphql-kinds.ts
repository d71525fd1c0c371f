import { getIntrospectionQuery } from 'graphql';
import type { Random } from '../../chaos/random.ts';
import { type Answer, bodyOf, isNothing } from './hostile-answer.ts';
import { asking, CREATE, inGraphql } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { type Stage, VICTIM } from './hostile-stage.ts';

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

const PROTOTYPES = [
  '{"query":"{ __typename }","__proto__":{"viewer":{"kind":"organizer"}}}',
  '{"query":"{ report { totalCapacity } }","variables":{"__proto__":{"kind":"organizer"}}}',
  '{"query":"{ report { totalCapacity } }","constructor":{"prototype":{"kind":"organizer"}}}',
  '{"event_id":1,"__proto__":{"user_id":1,"kind":"organizer"}}',
  `{"title":"Mine","capacity":1,"__proto__":{"viewer":{"kind":"organizer","userId":"${VICTIM}"}}}`,
  '{"__proto__":null}',
  '{"constructor":{"prototype":{"event_id":1}}}',
];

const bodyIs = (expected: string) => (answer: Answer) => bodyOf(answer).trim() === expected;

export const GRAPHQL_KINDS: readonly HostileKind[] = [
  ...Object.entries(DOCUMENTS).map(([name, make]) => {
    const request = ({ buyers, victims }: Stage, random: Random) =>
      inGraphql(random.pick(buyers), make(random, random.pick(victims).id));
    return asking(name, 120, request, isNothing);
  }),
  asking('batches', 150, ({ buyers }, random) => {
    const body = Array.from({ length: random.int(1, 50) }, () => ({ query: CREATE }));
    return { path: '/graphql', headers: random.pick(buyers), body };
  }),
  asking('mutations by GET', 150, ({ buyers }, random) => {
    const headers = { ...random.pick(buyers), ...(random.chance(0.5) && { 'apollo-require-preflight': '1' }) };
    return { path: `/graphql?query=${encodeURIComponent(CREATE)}`, headers };
  }),
  asking(
    '__proto__ payloads',
    250,
    ({ buyers }, random) => {
      const path = random.pick(['/graphql', '/event', '/book']);
      return { path, headers: random.pick(buyers), body: random.pick(PROTOTYPES) };
    },
    bodyIs('{"data":{"__typename":"Query"}}'),
  ),
  asking(
    'more reads than a user may',
    400,
    ({ greedy, eventId }) => inGraphql(greedy, `{ eventStats(eventId: "${eventId}") { capacity } }`),
    bodyIs('{"data":{"eventStats":{"capacity":3}}}'),
  ),
];
