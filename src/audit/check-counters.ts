import type { Database } from '../platform/database.ts';
import { NO_SUMS, type Sums } from './check-bookings.ts';
import type { Findings } from './findings.ts';

const EVENTS_PER_READ = 5_000;

const WITHIN_CAPACITY = 'booked places are never below 0 or above capacity';
const BOOKED_ADDS_UP = 'booked_count is the sum of HELD, PENDING and FINALIZED bookings';
const HELD_ADDS_UP = 'held_count is the sum of HELD bookings';
const FINALIZED_ADDS_UP = 'finalized_count is the sum of FINALIZED bookings';
const REDEEMED_ADDS_UP = 'redeemed_count is the number of redeemed tickets';

interface EventRow {
  readonly id: number;
  readonly capacity: number;
  readonly booked_count: number;
  readonly held_count: number;
  readonly finalized_count: number;
  readonly redeemed_count: number;
  readonly version: number;
}

const COLUMNS = 'e.id, e.capacity, e.booked_count, e.held_count, e.finalized_count, e.redeemed_count, e.version';

const EVENTS = `select ${COLUMNS} from events e
  where id > ? order by id limit ${EVENTS_PER_READ}`;

/** An event with the places of its bookings, and their redeemed tickets, at one moment. */
const EVENT_WITH_SUMS = `select ${COLUMNS},
    (select count(*) from tickets t join bookings o on o.id = t.booking_id
      where o.event_id = e.id and t.redeemed_at is not null) as redeemed,
    coalesce(sum(case when b.status in ('HELD', 'PENDING', 'FINALIZED') then b.quantity end), 0) as booked,
    coalesce(sum(case when b.status = 'HELD' then b.quantity end), 0) as held,
    coalesce(sum(case when b.status = 'FINALIZED' then b.quantity end), 0) as finalized
  from events e left join bookings b on b.event_id = e.id where e.id = ? group by e.id`;

/** By event. The version grows with every transaction that changes a booking of the event, or uses one of its tickets. */
export type Versions = ReadonlyMap<number, number>;

export async function versionsOfEvents(db: Database): Promise<Versions> {
  const versions = new Map<number, number>();
  for await (const { id, version } of allEvents(db)) versions.set(id, version);
  return versions;
}

/**
 * Holds the counters of each event against the sums of its bookings. The sums were added up over many moments: they are
 * those of one when the event has the version of `before` still. Any other event, and one whose counters differ, is looked
 * at once more, with its bookings in one statement.
 */
export async function checkCounters(
  db: Database,
  before: Versions,
  sums: ReadonlyMap<number, Sums>,
  findings: Findings,
): Promise<void> {
  for await (const event of allEvents(db)) {
    const sum = sums.get(event.id) ?? NO_SUMS;
    if (event.version === before.get(event.id) && brokenPromises(event, sum).length === 0) continue;
    const [now] = await db.em().execute<(EventRow & Record<keyof Sums, string>)[]>(EVENT_WITH_SUMS, [event.id]);
    if (!now) continue;
    const broken = brokenPromises(now, {
      booked: Number(now.booked),
      held: Number(now.held),
      finalized: Number(now.finalized),
      redeemed: Number(now.redeemed),
    });
    for (const promise of broken) findings.note(promise, 'event', [event.id]);
  }
}

function brokenPromises(event: EventRow, sum: Sums): string[] {
  const { capacity, booked_count: booked, finalized_count: finalized, redeemed_count: redeemed } = event;
  const broken: string[] = [];
  if (booked < 0 || booked > capacity) broken.push(WITHIN_CAPACITY);
  if (booked !== sum.booked) broken.push(BOOKED_ADDS_UP);
  if (event.held_count !== sum.held) broken.push(HELD_ADDS_UP);
  if (finalized !== sum.finalized) broken.push(FINALIZED_ADDS_UP);
  if (redeemed !== sum.redeemed) broken.push(REDEEMED_ADDS_UP);
  return broken;
}

async function* allEvents(db: Database): AsyncGenerator<EventRow> {
  for (let after = 0; ; ) {
    const events = await db.em().execute<EventRow[]>(EVENTS, [after]);
    yield* events;
    const last = events[EVENTS_PER_READ - 1];
    if (!last) return;
    after = last.id;
  }
}
