import { malformation } from '../platform/transient-errors.ts';

/** The database cannot be read as it was written: what else it says is not to be believed. */
export class Malformed extends Error {}

/** Runs `work`; when the database says of itself that it is damaged, that becomes a Malformed. */
export async function orMalformed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = malformation(error);
    throw told === null ? error : new Malformed(told, { cause: error });
  }
}
