import { z } from 'zod';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const EXAMPLE = '2026-11-27T18:30:00Z';

/** A time as RFC 3339 has it. */
export function dateTime(description: string) {
  return z
    .string()
    .refine(isDateTime, `must be a date and time, such as ${EXAMPLE}`)
    .meta({ format: 'date-time', description, examples: [EXAMPLE] })
    .transform((text) => new Date(text));
}

/** A day that its month has not would otherwise be one of the next. */
function isDateTime(text: string): boolean {
  const day = text.slice(0, 10);
  return DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)) && isDay(day);
}

function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** In UTC. */
export function timeOut(time: Date | null | undefined): string | null {
  return time ? time.toISOString().replace('.000Z', 'Z') : null;
}
