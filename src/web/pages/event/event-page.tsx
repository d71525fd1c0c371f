import { useHead } from '../../app/head.ts';
import type { PageProps } from '../../app/routes.ts';
import { useAsked } from '../../data/use-asked.ts';
import { EventById } from '../../generated/operations.ts';
import { NotFoundPage } from '../not-found-page.tsx';

export function EventPage({ id }: PageProps) {
  const { data } = useAsked(EventById, { id });
  const event = data?.event;
  useHead(event?.title ?? '');
  if (event === null) return <NotFoundPage />;
  return <h1>{event?.title}</h1>;
}
