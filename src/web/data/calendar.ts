interface Entry {
  /** The same for the same entry, so that adding it again changes it. */
  readonly id: string;
  readonly title: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly place: string | null;
  /** Whether to be reminded ten minutes before. */
  readonly alarm?: boolean;
}

/** Octets of a line of a calendar (RFC 5545, 3.1). */
const LINE_BYTES = 75;

/** An entry for a calendar (RFC 5545), as an address that a link can offer. */
export function calendarLink(entry: Entry): string {
  return `data:text/calendar;charset=utf-8,${encodeURIComponent(calendarOf(entry))}`;
}

function calendarOf({ id, title, startsAt, endsAt, place, alarm }: Entry): string {
  const start = momentOf(startsAt);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Box Office//Page//EN',
    'BEGIN:VEVENT',
    `UID:${id}@boxoffice`,
    `DTSTAMP:${start}`,
    `DTSTART:${start}`,
    ...(endsAt ? [`DTEND:${momentOf(endsAt)}`] : []),
    `SUMMARY:${escaped(title)}`,
    ...(place ? [`LOCATION:${escaped(place)}`] : []),
    ...(alarm
      ? ['BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escaped(title)}`, 'TRIGGER:-PT10M', 'END:VALARM']
      : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

function momentOf(at: string): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** A line that is too long goes on in the next one, behind a space. Characters are never torn apart. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  const parts = [''];
  let bytes = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (bytes + size > LINE_BYTES) {
      parts.push(' ');
      bytes = 1;
    }
    parts[parts.length - 1] += character;
    bytes += size;
  }
  return parts.join('\r\n');
}
