import { notFound } from '../../errors.ts';
import type { Database } from '../../platform/database.ts';
import { Outage } from '../../platform/outage.ts';
import type { RepeatedTrouble } from '../../platform/repeated-trouble.ts';
import type { PubSub } from '../../platform/services.ts';
import { type Booking, BookingSchema, belongsTo } from '../booking.entity.ts';
import { isTerminal } from '../booking-status.ts';
import { hasEnded } from '../offers/waiting-list-entry.entity.ts';
import { type EntryNow, WaitingListQueries } from '../offers/waiting-list-queries.ts';
import { EventChannel } from './event-channel.ts';
import { type IsNews, newsOfSale, showNews } from './event-news.ts';
import { type EventNow, readEventNow } from './event-numbers.ts';
import { eventTopic, hintedIds } from './update-hints.ts';
import { UpdateStream } from './update-stream.ts';
import { showEntry } from './watched-entries.ts';

/** What is watched is read again this often, in case a hint was lost without a trace. */
const RECHECK_INTERVAL_MS = 15_000;
/** Bookings that may wait for a dashboard that does not read. */
const MAX_UNREAD_BOOKINGS = 1_000;

/** Somebody who comes while the database is away waits so long before he is told to come back later. */
const OUTAGE_PATIENCE_MS = 30_000;

type Releasable = Pick<UpdateStream<unknown>, 'onRelease' | 'return'>;

interface OpenChannel {
  readonly channel: EventChannel;
  readonly subscribed: Promise<() => void>;
  users: number;
}

/** The sources of the subscriptions. */
export class LiveUpdates {
  readonly #channels = new Map<number, OpenChannel>();
  readonly #db: Database;
  readonly #pubsub: PubSub;
  readonly #trouble: RepeatedTrouble;
  readonly #outage: Outage;
  readonly #outagePatienceMs: number;
  readonly #onDropped: () => void;
  readonly #recheckTimer: NodeJS.Timeout;
  readonly #endGapWatch: () => void;

  /** @param onDropped told of each update that a subscriber is never sent */
  constructor(
    db: Database,
    pubsub: PubSub,
    trouble: RepeatedTrouble,
    { outagePatienceMs = OUTAGE_PATIENCE_MS, onDropped = () => {} } = {},
  ) {
    this.#db = db;
    this.#pubsub = pubsub;
    this.#trouble = trouble;
    this.#outage = new Outage(() => db.ping());
    this.#outagePatienceMs = outagePatienceMs;
    this.#onDropped = onDropped;
    this.#recheckTimer = setInterval(() => this.#recheckAll(), RECHECK_INTERVAL_MS).unref();
    this.#endGapWatch = pubsub.onGap(() => this.#recheckAll());
  }

  /** Events that somebody watches in this process. */
  get watchedEvents(): number {
    return this.#channels.size;
  }

  /**
   * The booking as it is now, then each higher version, then the end at a terminal status.
   * Listening comes before reading, so nothing that happens between the two is missed.
   * @param requiredOwner the user it must belong to; null: anybody's
   * @throws BoxOfficeError NOT_FOUND
   */
  async bookingStatus(id: number | null, requiredOwner: string | null = null): Promise<UpdateStream<Booking>> {
    const known = id === null ? null : await this.#outlast(() => this.#readBooking(id));
    if (!known || !belongsTo(known, requiredOwner)) throw notFound('Booking');
    const stream = new UpdateStream<Booking>(1, this.#onDropped);
    let lastVersion = 0;
    const show = (booking: Booking) => {
      if (booking.version <= lastVersion) return;
      lastVersion = booking.version;
      stream.push('booking', booking);
      if (isTerminal(booking.status)) stream.complete();
    };
    if (isTerminal(known.status)) {
      show(known);
      return stream;
    }
    await this.#watch(known.eventId, stream, (channel) => channel.watchBooking(known.id, show));
    show((await this.#readOrRelease(stream, () => this.#readBooking(known.id))) ?? known);
    return stream;
  }

  /** The event as it is now, then its newest state at most five times a second. @throws BoxOfficeError NOT_FOUND */
  async eventStats(id: number | null, isNews: IsNews = newsOfSale): Promise<UpdateStream<EventNow>> {
    const stream = new UpdateStream<EventNow>(1, this.#onDropped);
    const show = showNews(stream, isNews);
    const { id: eventId } = await this.#outlast(() => this.#knownEvent(id));
    await this.#watch(eventId, stream, (channel) => channel.watchStats(show));
    show(await this.#readOrRelease(stream, () => this.#knownEvent(eventId)));
    return stream;
  }

  /** Every booking of the event that is made or changes from now on. @throws BoxOfficeError NOT_FOUND */
  async eventBookings(id: number | null): Promise<UpdateStream<Booking>> {
    const event = await this.#outlast(() => this.#knownEvent(id));
    const stream = new UpdateStream<Booking>(MAX_UNREAD_BOOKINGS, this.#onDropped);
    const show = (booking: Booking) => stream.push(booking.id, booking);
    const channel = await this.#watch(event.id, stream, (opened) => opened.watchAllBookings(show));
    await this.#readOrRelease(stream, () => this.#outlast(() => channel.thereBefore(show)));
    return stream;
  }

  /**
   * The entry of a waiting list as it is now, then each change of its status or of how many are before it, then the end when
   * it has ended.
   * @param requiredOwner the user it must belong to; null: anybody's
   * @throws BoxOfficeError NOT_FOUND
   */
  async waitingListEntry(id: number | null, requiredOwner: string | null = null): Promise<UpdateStream<EntryNow>> {
    const read = () => new WaitingListQueries(this.#db).find(id, requiredOwner);
    const known = await this.#outlast(read);
    if (!known) throw notFound('Waiting list entry');
    const stream = new UpdateStream<EntryNow>(1, this.#onDropped);
    const show = showEntry(stream);
    if (!hasEnded(known.status)) {
      await this.#watch(known.eventId, stream, (channel) => channel.watchEntry(known.id, show));
    }
    show((await this.#readOrRelease(stream, read)) ?? known);
    return stream;
  }

  close(): void {
    clearInterval(this.#recheckTimer);
    this.#endGapWatch();
    this.#outage.close();
  }

  async #watch(
    eventId: number,
    stream: Releasable,
    start: (channel: EventChannel) => () => void,
  ): Promise<EventChannel> {
    const open = this.#channels.get(eventId) ?? this.#open(eventId);
    open.users++;
    const end = start(open.channel);
    stream.onRelease(() => {
      end();
      open.users--;
      if (open.users > 0) return;
      this.#channels.delete(eventId);
      open.subscribed.then(
        (unsubscribe) => unsubscribe(),
        () => undefined,
      );
    });
    await this.#readOrRelease(stream, () => open.subscribed);
    return open.channel;
  }

  #open(eventId: number): OpenChannel {
    const channel = new EventChannel(eventId, this.#db, this.#trouble);
    const subscribed = this.#pubsub.subscribe(eventTopic(eventId), (hint) => channel.hint(hintedIds(hint)));
    const open = { channel, subscribed, users: 0 };
    this.#channels.set(eventId, open);
    return open;
  }

  async #readOrRelease<T>(stream: Releasable, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      void stream.return();
      throw error;
    }
  }

  /** A watcher's first read: who is watching already is not told of an outage either. */
  #outlast<T>(read: () => Promise<T>): Promise<T> {
    return this.#outage.outlast(read, this.#outagePatienceMs);
  }

  #readBooking(id: number): Promise<Booking | null> {
    return this.#db.em().findOne(BookingSchema, { id });
  }

  async #knownEvent(id: number | null): Promise<EventNow> {
    const event = id === null ? null : await readEventNow(this.#db, id);
    if (!event) throw notFound('Event');
    return event;
  }

  #recheckAll(): void {
    for (const { channel } of this.#channels.values()) channel.recheck();
  }
}
