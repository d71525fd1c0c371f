import { leaksIn as internalsIn } from '../../support/leaks.ts';

/** Whatever one hostile request was answered with. */
export interface Answer {
  /** HTTP statuses, in order; empty when the connection was closed without an answer. */
  readonly statuses: readonly number[];
  /** All that was received: headers, an empty line, the body; or the messages of a socket. */
  readonly text: string;
  /** Of a socket that the server closed. */
  readonly closeCode?: number;
}

export const CLOSED: Answer = { statuses: [], text: '' };

const REFUSED_ON_A_SOCKET = /"type":"error"|"payload":\{"data":null,"errors":\[/;
const CLOSE_CODES_OF_FAULTS = [1011, 1013, 4500];

const FOUND_NOTHING =
  /^\{"data":\{"(booking|event|eventStats|waitingListEntry)":null\}\}|"data":\{"bookings":\{"edges":\[\]|^\{"items":\[\],/;
const BOOKED_NOTHING =
  /^\{"data":\{"(?:bookTicket|joinWaitingList)":\{"code":"(SOLD_OUT|LIMIT_REACHED|EVENT_NOT_FOUND|IDEMPOTENCY_KEY_REUSED)"\}\}\}/;

export function bodyOf({ text }: Answer): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

/** Whether it says no: 4xx, a closed connection, a closed socket, or errors and nothing else. */
export function isRefusal(answer: Answer): boolean {
  const { statuses, text, closeCode } = answer;
  if (closeCode !== undefined) return closeCode >= 1002 && !isFault(answer);
  if (statuses.length === 0) return text === '' || REFUSED_ON_A_SOCKET.test(text);
  if (statuses.every((status) => status >= 400 && status < 500)) return true;
  return statuses.every((status) => status < 500) && hasErrorsOnly(bodyOf(answer));
}

/** There is nothing of the kind, or not for whoever asks. */
export function isNothing(answer: Answer): boolean {
  const body = bodyOf(answer).trim();
  return FOUND_NOTHING.test(body) || BOOKED_NOTHING.test(body);
}

/** Whether we are to blame: 5xx, or what stands for it in GraphQL and on a socket. */
export function isFault({ statuses, text, closeCode = 0 }: Answer): boolean {
  if (statuses.some((status) => status >= 500) || CLOSE_CODES_OF_FAULTS.includes(closeCode)) return true;
  return /"(INTERNAL_SERVER_ERROR|SERVICE_UNAVAILABLE)"/.test(text);
}

/** What of our inside, or of another's `secrets`, an answer shows. */
export function leaksIn({ text }: Answer, secrets: readonly string[]): string[] {
  return [...internalsIn(text), ...secrets.filter((secret) => text.includes(secret))];
}

function hasErrorsOnly(body: string): boolean {
  try {
    const { data, errors } = JSON.parse(body) as { data?: Record<string, unknown> | null; errors?: unknown[] };
    return (errors ?? []).length > 0 && Object.values(data ?? {}).every((value) => value === null);
  } catch {
    return false;
  }
}
