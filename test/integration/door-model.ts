import fc from 'fast-check';

/** Tickets that one run plays with. */
export const TICKETS = 2;
const MAX_AHEAD_MINUTES = 5;

export interface ModelScan {
  readonly ticket: number;
  readonly deviceId: string;
  readonly nonce: string;
  /** From now. */
  readonly minute: number;
}

export type DoorStep =
  | { readonly kind: 'batch'; readonly scans: readonly ModelScan[] }
  | { readonly kind: 'online'; readonly ticket: number; readonly deviceId: string; readonly nonce: string }
  | { readonly kind: 'undo'; readonly ticket: number };

const ticket = fc.nat(TICKETS - 1);
const deviceId = fc.constantFrom('a', 'b');
// A device has one nonce a minute, and sends what got no answer online as one of those.
const minute = fc.integer({ min: -3, max: MAX_AHEAD_MINUTES + 2 });
const by = { ticket, deviceId, nonce: minute.map(String) };
const scan = fc.record({ ticket, deviceId, minute }).map((one) => ({ ...one, nonce: String(one.minute) }));

export const doorSteps: fc.Arbitrary<DoorStep[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('batch' as const), scans: fc.array(scan, { maxLength: 5 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('online' as const), ...by }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), ticket }) },
  ),
  { minLength: 1, maxLength: 6 },
);

interface Redemption {
  readonly who: string;
  readonly by: string;
  readonly atMs: number;
  readonly offline: boolean;
}

/** Each ticket as a piece of paper at the door, on which people write. The clock stands still. */
export class DoorModel {
  readonly #nowMs: number;
  readonly #stands = new Map<number, Redemption>();
  readonly #undone = new Map<number, Redemption[]>();

  constructor(now: Date) {
    this.#nowMs = now.getTime();
  }

  online({ ticket, deviceId, nonce }: Omit<ModelScan, 'minute'>): string {
    return this.#see(ticket, { who: `${deviceId} ${nonce}`, by: deviceId, atMs: this.#nowMs, offline: false });
  }

  batch(scans: readonly ModelScan[]): string[] {
    const answers: string[] = [];
    const timed = scans.map((one, place) => ({ ...one, place, atMs: this.#timeOf(one.minute) }));
    for (const { ticket, deviceId, nonce, atMs, place } of timed.toSorted((a, b) => a.atMs - b.atMs)) {
      answers[place] = this.#see(ticket, { who: `${deviceId} ${nonce}`, by: deviceId, atMs, offline: true });
    }
    return answers;
  }

  undo(ticket: number): void {
    const stands = this.#stands.get(ticket);
    if (stands) this.#undone.set(ticket, [...(this.#undone.get(ticket) ?? []), stands]);
    this.#stands.delete(ticket);
  }

  /** When each ticket was used, and by which device. */
  standing(): ({ at: Date; by: string } | null)[] {
    return Array.from({ length: TICKETS }, (_, i) => {
      const stands = this.#stands.get(i);
      return stands ? { at: new Date(stands.atMs), by: stands.by } : null;
    });
  }

  #see(ticket: number, seen: Redemption): string {
    const stands = this.#stands.get(ticket);
    const undone = this.#undone.get(ticket) ?? [];
    if (stands?.who === seen.who || undone.some(({ who }) => who === seen.who)) return 'replayed';
    const undoneSince = seen.offline && undone.length > 0 && seen.atMs <= this.#nowMs;
    const isFree = !stands || (stands.offline && seen.offline && seen.atMs < stands.atMs);
    if (undoneSince || !isFree) return 'ALREADY_REDEEMED';
    this.#stands.set(ticket, seen);
    return 'checked in';
  }

  #timeOf(minute: number): number {
    return this.#nowMs + (minute > MAX_AHEAD_MINUTES ? 0 : minute) * 60_000;
  }
}
