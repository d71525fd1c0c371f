import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildSchema,
  concatAST,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
  stripIgnoredCharacters,
  validate,
  visit,
} from 'graphql';
import { TypesOfOperations } from './types-of-operations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCHEMA = `${ROOT}schema/schema.graphql`;
const OUT = `${ROOT}src/web/generated/operations.ts`;

/**
 * Types the operations of the page from our schema, and writes each as a text: the browser needs nothing of graphql-js.
 * @throws GraphQLError[] when the schema does not have what the page asks for
 */
export function writeOperations(): void {
  const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
  const files = globSync('src/web/**/*.graphql', { cwd: ROOT }).sort();
  const document = concatAST(files.map((file) => parse(new Source(readFileSync(ROOT + file, 'utf8'), file))));
  const errors = validate(schema, document);
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('\n\n'));
  mkdirSync(dirname(OUT), { recursive: true });
  // Lint and build may do this at the same moment.
  const draft = `${OUT}.${process.pid}`;
  writeFileSync(draft, moduleOf(schema, document));
  renameSync(draft, OUT);
}

function moduleOf(schema: GraphQLSchema, document: DocumentNode): string {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const types = new TypesOfOperations(schema, fragments);
  const parts = [
    ...[...fragments.values()].map((fragment) => `export type ${fragment.name.value} = ${types.ofFragment(fragment)};`),
    ...operations.map((operation) => {
      const text = textOf(operation, fragments);
      return `export const ${operation.name?.value} = ${JSON.stringify(text)} as Operation<${types.ofResult(operation)}, ${types.ofVariables(operation)}>;`;
    }),
  ];
  const head = `// Written by tools/page/operations.ts from schema/schema.graphql and the .graphql files of src/web.\nimport type { Operation } from '../data/operation.ts';\n`;
  return `${[head, ...types.named(), ...parts].join('\n')}\n`;
}

/** An operation with the fragments that it needs, and nothing else. */
function textOf(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string {
  const needed = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || needed.has(fragment)) return;
        needed.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return stripIgnoredCharacters([operation, ...needed].map(print).join('\n'));
}

if (import.meta.main) writeOperations();
