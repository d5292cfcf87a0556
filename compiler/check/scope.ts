import type { Type } from "./types.ts";

/** Names of a body, innermost first; what no scope has is looked up in the file and the prelude. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Type | (() => Type)>;
  /** The file that the names are read in. */
  readonly module: string;
}

export function fileScope(module: string): Scope {
  return { parent: undefined, names: new Map(), module };
}

export function inner(parent: Scope, names: Iterable<readonly [string, Type]> = []): Scope {
  return { parent, names: new Map(names), module: parent.module };
}

/** The type of a name of a body. Types of a model's members are computed when first asked for. */
export function local(scope: Scope, name: string): Type | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const entry = at.names.get(name);
    if (entry !== undefined) return typeof entry === "function" ? entry() : entry;
  }
  return undefined;
}

export function localNames(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const name of at.names.keys()) if (!name.startsWith("..")) names.push(name);
  }
  return names;
}
