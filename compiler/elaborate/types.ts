import type { Item, NamedTypeNode, TypeNode } from "../../grammar/tree.ts";
import { lookup } from "../check/modules.ts";
import type { Program } from "../check/program.ts";

export type NamedType =
  | {
      readonly kind: "record";
      readonly item: Extract<Item, { kind: "record" }>;
      readonly module: string;
    }
  | {
      readonly kind: "model";
      readonly item: Extract<Item, { kind: "model" }>;
      readonly module: string;
    }
  | { readonly kind: "alias"; readonly type: TypeNode; readonly module: string }
  /** `Real`, `Dim`, `Data` and their like, and type variables. */
  | { readonly kind: "built-in"; readonly name: string };

/** What the name of a type stands for in a module. */
export function namedType(program: Program, module: string, node: NamedTypeNode): NamedType {
  const name = node.path[0]?.text ?? "";
  const found = node.path.length === 1 ? lookup(program, module, name) : undefined;
  switch (found?.item.kind) {
    case "record":
      return { kind: "record", item: found.item, module: found.module };
    case "model":
      return { kind: "model", item: found.item, module: found.module };
    case "type":
      return { kind: "alias", type: found.item.type, module: found.module };
    default:
      return { kind: "built-in", name };
  }
}

/** One of the types that a type allows, with the module that wrote it. */
export interface Choice {
  readonly type: TypeNode;
  readonly module: string;
}

// Every call asks for the types of its parameters; a node of a type belongs to one module.
const known = new WeakMap<Program, Map<TypeNode, readonly Choice[]>>();

/** The types that a union, an optional or an alias allows, each with the module that wrote it. */
export function alternatives(program: Program, module: string, type: TypeNode): readonly Choice[] {
  let choices = known.get(program);
  if (choices === undefined) {
    choices = new Map();
    known.set(program, choices);
  }
  const found = choices.get(type);
  if (found !== undefined) return found;
  const made = alternativesAnew(program, module, type);
  choices.set(type, made);
  return made;
}

function alternativesAnew(program: Program, module: string, type: TypeNode): readonly Choice[] {
  if (type.kind === "union-type") {
    return type.members.flatMap((member) => alternatives(program, module, member));
  }
  if (type.kind === "optional-type") return alternatives(program, module, type.inner);
  if (type.kind === "named-type") {
    const named = namedType(program, module, type);
    if (named.kind === "alias") return alternatives(program, named.module, named.type);
  }
  return [{ type, module }];
}
