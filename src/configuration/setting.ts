import { z } from 'zod';

/** A setting's place in the configuration is where it stands; its variable, bounds and default are told once, here. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly rule: T;
}

export interface SettingsTree {
  readonly [name: string]: Setting | SettingsTree;
}

/** What a tree of settings is once it has been read. */
export type ValuesOf<Tree> = {
  readonly [name in keyof Tree]: Tree[name] extends Setting<infer Rule> ? z.output<Rule> : ValuesOf<Tree[name]>;
};

export function setting<T extends z.ZodType>(variable: string, rule: T): Setting<T> {
  return { variable, rule };
}

/** The variables of a tree with their rules, as one schema, in the order of the tree. */
export function schemaOf(tree: SettingsTree): z.ZodObject {
  return z.object(Object.fromEntries([...leavesOf(tree)].map(({ variable, rule }) => [variable, rule])));
}

/** @param values by their variables, as the schema of the tree has read them */
export function valuesOf<Tree extends SettingsTree>(
  tree: Tree,
  values: Readonly<Record<string, unknown>>,
): ValuesOf<Tree> {
  const read = Object.entries(tree).map(([name, node]) => [
    name,
    isSetting(node) ? values[node.variable] : valuesOf(node, values),
  ]);
  return Object.fromEntries(read);
}

function* leavesOf(tree: SettingsTree): Generator<Setting> {
  for (const node of Object.values(tree)) {
    if (isSetting(node)) yield node;
    else yield* leavesOf(node);
  }
}

function isSetting(node: Setting | SettingsTree): node is Setting {
  return typeof node.variable === 'string';
}
