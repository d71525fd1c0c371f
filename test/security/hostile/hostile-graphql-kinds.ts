import { bodyOf, isNothing } from './hostile-answer.ts';
import { DOCUMENTS } from './hostile-documents.ts';
import { ask, askGraphql, JSON_TYPE } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { VICTIM } from './hostile-stage.ts';

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
