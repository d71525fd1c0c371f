import { useWords } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';

export function TicketsPage() {
  const { say } = useWords();
  useHead(say.myTickets);
  return <h1>{say.myTickets}</h1>;
}
