export { createBuilder, type GraphBuilder } from "./build.ts";
export {
  type CausalityAnswer,
  type CausalityQuestion,
  type CrossingReason,
  causality,
  type Finding,
  type LeakReason,
} from "./causality.ts";
export { type ConstantParts, type ConstantQuestion, constantParts } from "./constant-parts.ts";
export { differentiate, pullBack } from "./derivative.ts";
export { fold } from "./fold.ts";
export { type HostScalar, separateHostScalars } from "./host-scalars.ts";
export {
  type IncrementalRequest,
  type IncrementalState,
  type IncrementalStep,
  incremental,
} from "./incremental.ts";
export { type Dependence, dependences } from "./independence.ts";
export {
  type Interpreted,
  type InterpretedTensor,
  type InterpretOptions,
  interpret,
  type NonFinite,
} from "./interpret.ts";
export { graphPasses, makeStep, optimise, rootsOf, withRoots } from "./optimise.ts";
export { print, printNodes } from "./print.ts";
export { rebuild } from "./rebuild.ts";
export type { RepeatBody, RepeatResults } from "./region.ts";
export type { DerivativeOptions } from "./repeat-derivative.ts";
export { tidy } from "./tidy.ts";
export { verify } from "./verify.ts";
export { dependents, reachable } from "./walk.ts";
