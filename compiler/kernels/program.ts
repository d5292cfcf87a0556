import type { ScalarExpression } from "../../program/scalar-expression.ts";
import type { OrderedStep } from "../graph/step.ts";
import type { Axis, Element } from "../operations/tensor.ts";
import type { Expression, Variable } from "./expression.ts";
import type { DeviceProfile } from "./profile.ts";

/**
 * A tensor in memory, or all host scalars. `temporary` ones live in the arena; the others have
 * buffers of their own. Every entry is one 32-bit word.
 */
export interface Storage {
  readonly id: number;
  readonly kind: "state" | "data" | "scalars" | "output" | "table" | "temporary";
  readonly name: string;
  readonly element: Element;
  readonly words: number;
  /** Contents of a table. */
  readonly values: Float64Array | undefined;
}

/** Where a tensor begins. Inside loops that depends on the iteration. */
export type Place =
  /** `next`: the value of a state for the next run, in the memory of the one that came in. */
  | { readonly kind: "fixed"; readonly storage: number; readonly next?: true }
  /** `stride` words further for each entry of the loop's axis. */
  | {
      readonly kind: "stepped";
      readonly from: Place;
      readonly loop: number;
      readonly stride: number;
    }
  /** A carried value: read from where the last iteration wrote it, first from `start`. */
  | {
      readonly kind: "carried";
      readonly loop: number;
      readonly access: "read" | "write";
      readonly start: Place;
      readonly buffers: readonly [number, number];
    };

/** A tensor with a place, and words between neighbours along each axis; none: the same all along. */
export interface View {
  readonly place: Place;
  /** Words from the place to the entry whose coordinates are 0. */
  readonly offset: number;
  readonly strides: ReadonlyMap<Axis, number>;
  readonly element: Element;
}

/** What a kernel reads or writes: indices count from the place and offset, which are uniforms. */
export interface Operand {
  readonly place: Place;
  readonly offset: number;
  readonly element: Element;
  readonly written: boolean;
}

export type Combine = "sum" | "max" | "min" | "argmax";

export interface Reduction {
  /** Which accumulator it fills; `argmax` also fills the next one, with the best value. */
  readonly accumulator: number;
  readonly combine: Combine;
  readonly value: Expression;
}

export interface Store {
  readonly operand: number;
  readonly index: Expression;
  readonly value: Expression;
  /** Written only where this holds. */
  readonly condition: Expression | undefined;
}

/**
 * One pass of the owner over its inner entries (`looped`), or what it does once. In a looped phase
 * the stores come after the reductions of the same iteration and see their running values.
 */
export interface Phase {
  readonly looped: boolean;
  readonly reductions: readonly Reduction[];
  readonly stores: readonly Store[];
}

export type NestSchedule =
  /** One invocation owns a row; `vector` entries at a time where everything is contiguous. */
  | { readonly kind: "lane"; readonly workgroup: number; readonly vector: 1 | 4 }
  /** One workgroup owns a row; its lanes stride over the inner entries and reduce in a tree. */
  | { readonly kind: "workgroup"; readonly workgroup: number };

/** Loops around scalar expressions: rows are independent, the inner entries are one owner's. */
export interface Nest {
  readonly kind: "nest";
  readonly label: string;
  readonly operands: readonly Operand[];
  readonly rows: readonly Variable[];
  readonly inner: readonly Variable[];
  /** Bounds of the only inner loop where they are values of the row. */
  readonly range: { readonly from: Expression; readonly to: Expression } | undefined;
  readonly phases: readonly Phase[];
  readonly accumulators: readonly Element[];
  readonly schedule: NestSchedule;
}

/** Up to three loops that are one index of a product, from outer to inner, with their strides. */
export interface ProductLoops {
  readonly sizes: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly result: readonly number[];
}

export type ProductSchedule =
  /** A subgroup owns `rows` × `8 · columns`; right operand read four columns at a time. */
  | {
      readonly kind: "register";
      readonly rows: number;
      readonly columns: number;
      readonly subgroup: number;
      /** Four columns of the result lie side by side, at multiples of four words. */
      readonly vectorStore: boolean;
    }
  /** A workgroup of 16 × 16 owns a tile, staged through workgroup memory. */
  | { readonly kind: "workgroup"; readonly tile: number; readonly depth: number };

/** result[b, m, n] = Σk left[b, m, k] · right[b, k, n], and what is made of it. */
export interface Product {
  readonly kind: "product";
  readonly label: string;
  readonly operands: readonly Operand[];
  readonly left: number;
  readonly right: number;
  /** Where the sum itself goes; `stores` are then empty. */
  readonly result: number | undefined;
  readonly batch: ProductLoops;
  readonly rows: ProductLoops;
  readonly columns: ProductLoops;
  readonly depth: ProductLoops;
  /** What consumers make of accumulator 0; they read the counters `b`, `m` and `n`. */
  readonly stores: readonly Store[];
  readonly schedule: ProductSchedule;
}

export type Kernel = Nest | Product;

export type ProgramItem =
  | { readonly kind: "kernel"; readonly kernel: Kernel }
  | { readonly kind: "copy"; readonly from: Place; readonly to: Place; readonly words: number }
  | {
      readonly kind: "loop";
      readonly loop: number;
      readonly count: number;
      readonly reverse: boolean;
      readonly body: readonly ProgramItem[];
    };

/** Where a temporary lives: a byte range of one arena window, during a span of items. */
export interface Placement {
  readonly window: number;
  readonly offset: number;
  readonly bytes: number;
  /** First and last position in the order of all items. */
  readonly live: readonly [number, number];
}

export interface MemoryPlan {
  /** Bytes of each arena buffer; none is larger than a binding may be. */
  readonly windows: readonly number[];
  readonly places: ReadonlyMap<number, Placement>;
}

export interface HostScalar {
  readonly name: string;
  readonly value: ScalarExpression;
}

export interface KernelProgram {
  readonly ordered: OrderedStep;
  readonly profile: DeviceProfile;
  readonly storages: readonly Storage[];
  readonly scalars: readonly HostScalar[];
  readonly items: readonly ProgramItem[];
  readonly memory: MemoryPlan;
  /** Dispatches of one run if every operation were a kernel, and as grouped. */
  readonly kernelCount: { readonly before: number; readonly after: number };
}
