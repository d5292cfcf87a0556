import type { Dimension, Dimensions } from "./dimensions.ts";
import type { Bindings, ModelType, Type } from "./types.ts";

/** What a call has bound so far; only `open` variables may be bound. */
export interface Matching {
  readonly open: ReadonlySet<number>;
  readonly dimensions: Map<number, Dimensions>;
  readonly types: Map<number, Type>;
}

export function matching(open: ReadonlySet<number> = new Set()): Matching {
  return { open, dimensions: new Map(), types: new Map() };
}

export function bindingsOf(found: Matching): Bindings {
  return { dimensions: found.dimensions, types: found.types };
}

/** Why a type does not fit, as structured facts. */
export type Problem =
  | { readonly kind: "mismatch" }
  | {
      readonly kind: "dimensions";
      readonly missing: readonly string[];
      readonly extra: readonly string[];
    }
  | { readonly kind: "clash"; readonly left: Dimension; readonly right: Dimension }
  | {
      readonly kind: "unit";
      readonly expected: readonly string[];
      readonly found: readonly string[];
    }
  | { readonly kind: "missing-unit"; readonly expected: readonly string[] }
  | { readonly kind: "unwanted-unit" }
  | { readonly kind: "maybe-none" }
  | { readonly kind: "not-dimension" }
  | { readonly kind: "dimension-as-number"; readonly name: string }
  | { readonly kind: "missing-fields"; readonly names: readonly string[]; readonly of: string }
  | {
      readonly kind: "not-satisfied";
      readonly model: ModelType;
      readonly wanted: ModelType;
      readonly missing: readonly string[];
    }
  | {
      readonly kind: "member";
      readonly model: ModelType;
      readonly wanted: ModelType;
      readonly member: string;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly kind: "untrained" }
  | { readonly kind: "arity"; readonly expected: number; readonly found: number }
  | { readonly kind: "incomplete"; readonly missing: readonly string[] };

export const MISMATCH: Problem = { kind: "mismatch" };
