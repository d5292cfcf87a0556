import type { Axis } from "../operations/tensor.ts";
import type { InstanceValue, Value } from "./value.ts";

/** Names of one block, function or model, and what encloses them. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent: Scope | undefined;
  /** Names that no scope has are looked up in this module. */
  readonly module: string;
  /** What is being called; dimensions that its code makes belong to it. */
  readonly activation: Activation;
}

/** One call of a function, or the code of a module or model outside of any. */
export interface Activation {
  /** The scope of the callee's parameters; dimensions made by `rename` are declared here. */
  readonly scope: () => Scope;
  /** Dimensions that arguments brought in: a dimension made here must be none of them. */
  readonly foreign: Set<Axis>;
  readonly instance: InstanceValue | undefined;
}

export function moduleScope(module: string): Scope {
  const scope: Scope = {
    names: new Map(),
    parent: undefined,
    module,
    activation: { scope: () => scope, foreign: new Set(), instance: undefined },
  };
  return scope;
}

/** A block inside of `parent`, in the same call. */
export function blockScope(parent: Scope): Scope {
  return { names: new Map(), parent, module: parent.module, activation: parent.activation };
}

/** The parameters and the body of something that is called; free names are those of `parent`. */
export function callScope(parent: Scope, instance?: InstanceValue): Scope {
  const scope: Scope = {
    names: new Map(),
    parent,
    module: parent.module,
    activation: {
      scope: () => scope,
      foreign: new Set(),
      instance: instance ?? parent.activation.instance,
    },
  };
  return scope;
}

export function find(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const value = at.names.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
