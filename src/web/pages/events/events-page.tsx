import { useWords } from '../../app/app-context.ts';
import { useHead } from '../../app/head.ts';
import { useAsked } from '../../data/use-asked.ts';
import { EventList } from '../../generated/operations.ts';

export function EventsPage() {
  const { say, number } = useWords();
  useHead('Box Office', say.events);
  const { data } = useAsked(EventList, {});
  return (
    <>
      <h1>{say.events}</h1>
      <ul>
        {data?.events.edges.map(({ node }) => (
          <li key={node.id}>
            <a href={`/events/${node.id}`}>{node.title}</a> {number(node.stats.availableCount)}
          </li>
        ))}
      </ul>
    </>
  );
}
