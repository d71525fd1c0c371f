/** Waits for all of them, also when one fails, so that nothing goes on unwatched. @throws the first failure */
export async function allSettled(tasks: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(tasks);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
