import { expect, test } from 'vitest';
import { calendarLink } from '../../../src/web/data/calendar.ts';

const entry = { id: 'sale-1', startsAt: '2030-06-01T18:00:00.000Z', endsAt: null, place: null };
const calendar = (title: string, more: object = {}) =>
  decodeURIComponent(calendarLink({ ...entry, title, ...more }).replace(/^data:text\/calendar;charset=utf-8,/, ''));

test('a calendar entry says when and where, and reminds', () => {
  const text = calendar('Concert', { endsAt: '2030-06-01T20:30:00Z', place: 'Hall', alarm: true });
  for (const line of ['DTSTART:20300601T180000Z', 'DTEND:20300601T203000Z', 'LOCATION:Hall', 'TRIGGER:-PT10M']) {
    expect(text.split('\r\n')).toContain(line);
  }
});

test.each(['a; b, c\\d', 'Zeile\nZeile', '🎉'.repeat(200), 'Ä'.repeat(200), 'END:VEVENT\r\nBEGIN:VEVENT'])(
  'a title is text, whatever stands in it: %j',
  (title) => {
    const lines = calendar(title).split('\r\n');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(1);
    const unfolded = lines.join('\r\n').replaceAll('\r\n ', '');
    const summary = /^SUMMARY:(.*)$/m.exec(unfolded)?.[1]?.replace('\r', '') ?? '';
    expect(summary.replace(/\\([\\;,n])/g, (_, sign) => (sign === 'n' ? '\n' : sign))).toBe(
      title.replace(/\r\n/g, '\n'),
    );
  },
);
