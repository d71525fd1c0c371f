import { type GraphQLOutputType, getNamedType, isLeafType, isObjectType, isUnionType } from 'graphql';

/** Deep enough for whatever a list holds, and what belongs to that. */
const MAX_DEPTH = 4;

/** Every field there is, so that each resolver has its turn; empty for what has none. */
export function selectionOf(output: GraphQLOutputType, depth = MAX_DEPTH): string {
  const type = getNamedType(output);
  if (isUnionType(type)) {
    return `{ __typename ${type
      .getTypes()
      .map((one) => `... on ${one.name} ${selectionOf(one, depth)}`)
      .join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return depth > 1 ? [`${field.name} ${selectionOf(field.type, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
}
