import { findByReferences } from './group-store.ts';
import { type DeskMemory, type Group, look, type ServeParts, serveGroup, unanswered } from './serve-group.ts';

/**
 * Serves a group whose first attempt failed. The answer to its commit may be all that was lost: those who have their
 * booking keep it, and the others are decided on anew.
 */
export async function recoverCommit(parts: ServeParts, group: Group, memory: Partial<DeskMemory>): Promise<void> {
  const waiting = { ...group, members: unanswered(group.members) };
  // The event first: places that our own rows take can be seen in it no earlier than the rows themselves.
  const seen = await look(parts.db, waiting);
  await answerCommitted(parts, waiting);
  await serveGroup(parts, group, memory, seen);
}

async function answerCommitted({ db, committed }: ServeParts, { members }: Group): Promise<void> {
  const byReference = new Map(members.map((member) => [member.request.reference, member]));
  const bookings = await findByReferences(db, db.em(), [...byReference.keys()]);
  if (bookings.length === 0) return;
  await db.durable();
  for (const booking of bookings)
    byReference.get(booking.reference)?.answer({ kind: 'booked', booking, replayed: false });
  committed(bookings);
}
