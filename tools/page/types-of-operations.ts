import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

const SCALARS: Readonly<Record<string, string>> = {
  ID: 'string',
  String: 'string',
  DateTime: 'string',
  Int: 'number',
  Float: 'number',
  SafeInt: 'number',
  Boolean: 'boolean',
};

/** What operations answer and take, as TypeScript. */
export class TypesOfOperations {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Enums and inputs that were met, by name. */
  readonly #named = new Map<string, string>();

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  /** Declarations of what the types below name; ask for them last. */
  named(): string[] {
    return [...this.#named.values()];
  }

  ofFragment({ typeCondition, selectionSet }: FragmentDefinitionNode): string {
    return this.#ofSelection(this.#typeNamed(typeCondition), [selectionSet]);
  }

  ofResult({ operation, selectionSet }: OperationDefinitionNode): string {
    const root = this.#schema.getRootType(operation);
    if (!root) throw new Error(`The schema has no ${operation}`);
    return this.#ofSelection(root, [selectionSet]);
  }

  ofVariables({ variableDefinitions = [] }: OperationDefinitionNode): string {
    const fields = variableDefinitions.map(({ variable, type, defaultValue }) => {
      const input = typeFromAST(this.#schema, type as NamedTypeNode) as GraphQLInputType;
      const mark = isNonNullType(input) && !defaultValue ? '' : '?';
      return `readonly ${variable.name.value}${mark}: ${this.#ofInput(input)}`;
    });
    return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join('; ')} }`;
  }

  #typeNamed(node: NamedTypeNode): GraphQLOutputType {
    return typeFromAST(this.#schema, node) as GraphQLOutputType;
  }

  #ofOutput(type: GraphQLOutputType, selections: readonly SelectionSetNode[]): string {
    if (isNonNullType(type)) return this.#ofPresent(type.ofType, selections);
    return `${this.#ofPresent(type, selections)} | null`;
  }

  #ofPresent(type: GraphQLOutputType, selections: readonly SelectionSetNode[]): string {
    if (isListType(type)) return `readonly (${this.#ofOutput(type.ofType, selections)})[]`;
    if (selections.length > 0) return this.#ofSelection(type, selections);
    return this.#ofLeaf(type);
  }

  #ofSelection(type: GraphQLOutputType, selections: readonly SelectionSetNode[]): string {
    if (isObjectType(type)) return this.#ofObject(type, selections);
    if (!isAbstractType(type)) throw new Error(`${type} has no fields`);
    return this.#schema
      .getPossibleTypes(type)
      .map((possible) => this.#ofObject(possible, selections))
      .join(' | ');
  }

  #ofObject(type: GraphQLObjectType, selections: readonly SelectionSetNode[]): string {
    const fields = [...this.#fieldsOf(type, selections)].map(([key, nodes]) => {
      const name = nodes[0]?.name.value ?? key;
      if (name === '__typename') return `readonly ${key}: '${type.name}'`;
      const field = type.getFields()[name];
      if (!field) throw new Error(`${type.name} has no ${name}`);
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      return `readonly ${key}: ${this.#ofOutput(field.type, below)}`;
    });
    return `{ ${fields.join('; ')} }`;
  }

  /** The same field may stand in several selections, each of which wants something of it. */
  #fieldsOf(
    type: GraphQLObjectType,
    selections: readonly SelectionSetNode[],
    fields = new Map<string, FieldNode[]>(),
  ): Map<string, FieldNode[]> {
    for (const selection of selections.flatMap((set) => set.selections)) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        fields.set(key, [...(fields.get(key) ?? []), selection]);
        continue;
      }
      const part = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      if (part && this.#concerns(type, part.typeCondition)) this.#fieldsOf(type, [part.selectionSet], fields);
    }
    return fields;
  }

  #concerns(type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
    if (!condition || condition.name.value === type.name) return true;
    const general = this.#schema.getType(condition.name.value);
    return isAbstractType(general) && this.#schema.isSubType(general, type);
  }

  #ofInput(type: GraphQLInputType): string {
    if (!isNonNullType(type)) return `${this.#ofPresentInput(type)} | null | undefined`;
    return this.#ofPresentInput(type.ofType);
  }

  #ofPresentInput(type: GraphQLInputType): string {
    if (isListType(type)) return `readonly (${this.#ofInput(type.ofType)})[]`;
    if (!isInputObjectType(type)) return this.#ofLeaf(type);
    if (!this.#named.has(type.name)) {
      this.#named.set(type.name, '');
      const fields = Object.values(type.getFields()).map(
        (field) => `readonly ${field.name}${isRequiredInputField(field) ? '' : '?'}: ${this.#ofInput(field.type)}`,
      );
      this.#named.set(type.name, `export type ${type.name} = { ${fields.join('; ')} };`);
    }
    return type.name;
  }

  #ofLeaf(type: GraphQLOutputType | GraphQLInputType): string {
    const { name } = getNamedType(type);
    const leaf = this.#schema.getType(name);
    if (isEnumType(leaf)) {
      const values = leaf.getValues().map((value) => `'${value.name}'`);
      this.#named.set(name, `export type ${name} = ${values.join(' | ')};`);
      return name;
    }
    const scalar = SCALARS[name];
    if (!scalar) throw new Error(`What is the scalar ${name} in TypeScript?`);
    return scalar;
  }
}
