export { createBuilder, type GraphBuilder } from "./build.ts";
export { differentiate, pullBack } from "./derivative.ts";
export {
  type Interpreted,
  type InterpretedTensor,
  type InterpretOptions,
  interpret,
  type NonFinite,
} from "./interpret.ts";
export { rebuild } from "./rebuild.ts";
export type { RepeatBody, RepeatResults } from "./region.ts";
export type { DerivativeOptions } from "./repeat-derivative.ts";
export { dependents, reachable } from "./walk.ts";
