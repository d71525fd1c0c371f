import { type ClassType, Field, ObjectType } from 'type-graphql';
import { encodeCursor, type Page } from '../../pagination.ts';

@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
class PageInfoType {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether rows come before this page: it was asked for with `after`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null for an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null for an empty page.' })
  endCursor!: string | null;
}

/** The `<Name>Edge` and `<Name>Connection` types of a node type. https://relay.dev/graphql/connections.htm */
export function connectionType(name: string, node: () => ClassType) {
  @ObjectType(`${name}Edge`, { description: `A row of a list: one ${name}.` })
  class Edge {
    @Field(() => String, { description: 'Give it as `after` to read on from here.' })
    cursor!: string;

    @Field(node, { description: 'The row itself.' })
    node!: object;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}s, newest first.` })
  class Connection {
    @Field(() => [Edge], { description: 'The rows of this page.' })
    edges!: Edge[];

    @Field(() => PageInfoType, { description: 'Where this page stands.' })
    pageInfo!: PageInfoType;
  }

  return { Connection };
}

export function toConnection<T extends { id: number }>({ items, hasNextPage, hasPreviousPage }: Page<T>) {
  const edges = items.map((node) => ({ cursor: encodeCursor(node.id), node }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor } };
}
