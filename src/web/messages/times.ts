/** How a language writes times. Those of an event are in its time zone, wherever its reader is. */
export interface Times {
  /** With weekday and year, and the zone that it is meant in. */
  day(at: string, timeZone: string): string;
  clock(at: string, timeZone: string): string;
  /** Of today only the hour: what has just happened. */
  recent(at: string, nowMs: number): string;
  /** Short, for lists and sentences. */
  moment(at: string, timeZone?: string): string;
  /** How long: `14:59`, `3:07:12`, or days with hours. */
  left(ms: number): string;
  /** Whole minutes, or hours. */
  span(seconds: number): string;
}

const SECOND_MS = 1_000;

export function timesIn(language: string): Times {
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const format = (options: Intl.DateTimeFormatOptions) => {
    const zones = new Map<string | undefined, Intl.DateTimeFormat>();
    return (at: string, timeZone?: string) => {
      const known =
        zones.get(timeZone) ?? new Intl.DateTimeFormat(language, timeZone ? { ...options, timeZone } : options);
      zones.set(timeZone, known);
      return known.format(new Date(at));
    };
  };
  const unit = (name: 'day' | 'hour' | 'minute') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' });
  const [days, hours, minutes] = [unit('day'), unit('hour'), unit('minute')];
  const moment = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return {
    day: format({ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' }),
    clock: format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }),
    moment,
    recent(at, nowMs) {
      const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
      return isToday ? hour.format(new Date(at)) : moment(at);
    },
    left(ms) {
      const all = Math.max(0, Math.ceil(ms / SECOND_MS));
      const [day, hour, minute, second] = [all / 86_400, (all / 3_600) % 24, (all / 60) % 60, all % 60].map(Math.floor);
      const two = (part = 0) => String(part).padStart(2, '0');
      if (day) return `${days.format(day)} ${hours.format(hour ?? 0)}`;
      return hour ? `${hour}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`;
    },
    span: (seconds) =>
      seconds < 7_200 ? minutes.format(Math.ceil(seconds / 60)) : hours.format(Math.round(seconds / 3_600)),
  };
}
