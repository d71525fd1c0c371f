import { encodeCursor, type Page } from '../../pagination.ts';

/** The schema of a page. @param $id its own name; @param item that of the schema of its rows */
export function pageOutSchema($id: string, item: string) {
  return {
    $id,
    type: 'object',
    required: ['items', 'has_next_page', 'end_cursor'],
    properties: {
      items: { type: 'array', items: { $ref: `${item}#` }, description: 'Newest first.' },
      has_next_page: { type: 'boolean', examples: [false] },
      end_cursor: {
        type: ['string', 'null'],
        description: 'What to send as `after` for the next page; null when this one is empty.',
        examples: [encodeCursor(1)],
      },
    },
  } as const;
}

export function pageOut<T extends { readonly id: number }, Out>({ items, hasNextPage }: Page<T>, out: (row: T) => Out) {
  const last = items.at(-1);
  return { items: items.map(out), has_next_page: hasNextPage, end_cursor: last ? encodeCursor(last.id) : null };
}
