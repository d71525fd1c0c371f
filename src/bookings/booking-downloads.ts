import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { unavailable } from '../errors.ts';
import type { Booking } from './booking.entity.ts';
import type { BookingQueries } from './booking-queries.ts';

export interface DownloadLimits {
  /** Downloads of one process; the next one is refused. */
  readonly maxAtOnce: number;
  readonly bookingsPerPage: number;
}

const LIMITS: DownloadLimits = { maxAtOnce: 64, bookingsPerPage: 500 };

/** The bookings of an event as a file, as fast as whoever wants it reads, and beside a sale. */
export class BookingDownloads {
  readonly #bookings: Pick<BookingQueries, 'ofEvent'>;
  readonly #limits: DownloadLimits;
  readonly #open = new Set<Readable>();
  /** One page at a time for all of them: they take one connection of the database, and never two turns of the process. */
  readonly #reading = new PQueue({ concurrency: 1 });
  #closed = false;

  constructor(bookings: Pick<BookingQueries, 'ofEvent'>, limits: Partial<DownloadLimits> = {}) {
    this.#bookings = bookings;
    this.#limits = { ...LIMITS, ...limits };
  }

  /**
   * CSV in the order of the ids. Read a page at a time, when the one before is on its way: memory does not grow with the
   * bookings, and between two pages nothing in the database is held for a slow reader. So a page is as it was at its own
   * moment. Destroy it when nobody reads on.
   * @throws BoxOfficeError SERVICE_UNAVAILABLE when there are too many; what the database says of the first page
   */
  async csv(eventId: number): Promise<Readable> {
    if (this.#closed || this.#open.size >= this.#limits.maxAtOnce) throw unavailable();
    const file = Readable.from(this.#pages(eventId), { objectMode: true, highWaterMark: 1 });
    this.#open.add(file);
    file.once('close', () => this.#open.delete(file));
    // Also while nobody listens any more, or not yet.
    file.on('error', () => undefined);
    await once(file, 'readable');
    return file;
  }

  /** Breaks those that are under way: some clients would read for hours. */
  close(): void {
    this.#closed = true;
    for (const file of this.#open) file.destroy(unavailable());
  }

  async *#pages(eventId: number): AsyncGenerator<string> {
    const { bookingsPerPage } = this.#limits;
    // Loaded when it is asked for: few processes need it, and every start would pay.
    const { CSV_HEADER, csvOf } = await import('./bookings-csv.ts');
    let heading = CSV_HEADER;
    for (let after = 0; ; ) {
      const page = await this.#page(eventId, after);
      const last = page.at(-1);
      if (last || heading) yield heading + csvOf(page);
      if (!last || page.length < bookingsPerPage) return;
      heading = '';
      after = last.id;
    }
  }

  #page(eventId: number, after: number): Promise<Booking[]> {
    return this.#reading.add(async () => {
      // SQLite answers at once, and so may the socket: whoever books has a turn in between.
      await turn();
      return this.#bookings.ofEvent(eventId, after, this.#limits.bookingsPerPage);
    });
  }
}
