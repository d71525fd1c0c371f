/** All that is printed on a ticket. */
export interface TicketFace {
  readonly title: string;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** IANA name, in which the times are printed. */
  readonly timeZone: string;
  readonly venue: string | null;
  readonly holderName: string | null;
  readonly reference: string;
  /** 1 to `quantity`. */
  readonly serial: number;
  readonly quantity: number;
  readonly qrPayload: string;
}

export interface EventOnTicket {
  readonly title: string;
  readonly startsAt?: Date | null;
  readonly endsAt?: Date | null;
  readonly timeZone?: string | null;
  readonly venue?: string | null;
}

interface BookingOnTicket {
  readonly reference: string;
  readonly quantity: number;
  readonly holderName?: string | null | undefined;
}

export function ticketFace(
  event: EventOnTicket,
  { reference, quantity, holderName }: BookingOnTicket,
  { serial }: { readonly serial: number },
  qrPayload: string,
): TicketFace {
  const { title, startsAt = null, endsAt = null, timeZone, venue = null } = event;
  return {
    ...{ title, startsAt, endsAt, timeZone: timeZone ?? 'UTC', venue },
    ...{ holderName: holderName ?? null, reference, serial, quantity, qrPayload },
  };
}
