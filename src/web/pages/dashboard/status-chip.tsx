import type { EventStatus } from '../../generated/operations.ts';
import { useDeskWords } from './desk-words.ts';

export function StatusChip({ status }: { readonly status: EventStatus }) {
  const { say } = useDeskWords();
  return <span class={`desk-chip ${status.toLowerCase()}`}>{say.status[status]}</span>;
}
