import type { Expression, Item, SourceFile, TypeNode } from "../../grammar/tree.ts";
import type { Type } from "./types.ts";

/** One file of a program with its names resolved. */
export interface Module {
  /** Path of a recipe, or `std/NAME` for a module of the library. */
  readonly path: string;
  readonly tree: SourceFile;
  /** Items that this file declares, by name. */
  readonly declared: ReadonlyMap<string, Item>;
  /** Names that `use` brought: where they are declared and under which name. */
  readonly imported: ReadonlyMap<string, { readonly module: string; readonly name: string }>;
}

/** Everything that was read and resolved; names without an entry are in the prelude (`std/prelude`). */
export interface Program {
  readonly entry: string;
  readonly modules: ReadonlyMap<string, Module>;
}

/** A program that was checked: types stand in side tables, the trees are untouched. */
export interface TypedProgram extends Program {
  readonly types: ReadonlyMap<Expression | TypeNode, Type>;
}
