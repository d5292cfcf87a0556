import { invariant } from "../../program/invariant.ts";
import {
  axesAttribute,
  axisAttribute,
  numberAttribute,
  regionAttribute,
} from "../operations/attributes.ts";
import { findRow } from "../operations/table.ts";
import type { Axis, Node } from "../operations/tensor.ts";
import { elementWiseKnowledge } from "./causality/element-wise.ts";
import {
  either,
  type Finding,
  findingsOf,
  type Knowledge,
  nothing,
  sameKnowledge,
} from "./causality/knowledge.ts";
import { type Surroundings, structureKnowledge } from "./causality/structure.ts";
import type { Origin } from "./step.ts";
import { reachable } from "./walk.ts";

export type { Finding } from "./causality/knowledge.ts";

export interface CausalityQuestion {
  readonly outputs: readonly Node[];
  readonly time: Axis;
  /** Rows that have nothing to do with one another. */
  readonly batch: Axis | undefined;
  /** The input that says which segment a token belongs to. */
  readonly segment: Node | undefined;
  /** Inputs that generation does not have (what is to be learnt). */
  readonly unavailable: readonly Node[];
  readonly originsOf: (node: Node) => readonly Origin[];
}

export interface CausalityAnswer {
  /** Empty: every output entry depends on inputs at or before its time. */
  readonly leaks: readonly Finding[];
  /** Empty: nothing crosses from one segment to another. Needed for packed rows only. */
  readonly crossings: readonly Finding[];
  /** Copies of time that are only ever read less than so many places back. */
  readonly windows: ReadonlyMap<Axis, number>;
}

/**
 * Proves that no output entry depends on later inputs, or says at which operation the proof fails. The
 * rules are those of DESIGN.md, "Causality and the cache"; masks are matched as they are written.
 */
export function causality(question: CausalityQuestion): CausalityAnswer {
  const { outputs, time, batch, originsOf } = question;
  const report: Surroundings["report"] = (node, property, reason, axis, numbers) => ({
    property,
    reason,
    node,
    axis,
    ...(numbers === undefined ? {} : { needed: numbers.needed }),
    ...(numbers?.found === undefined ? {} : { found: numbers.found }),
    origins: originsOf(node),
  });
  const reach = new Map<Axis, number>();
  const noteReach: Surroundings["noteReach"] = (copy, window) => {
    reach.set(copy, Math.max(reach.get(copy) ?? 0, window ?? Number.POSITIVE_INFINITY));
  };
  const known = walk(outputs, new Map(), question, { time, batch, report, noteReach });
  const answers = outputs.map((output) => {
    const copy = output.axes.find((axis) => axis.copyOf === time);
    const knowledge = known.get(output) ?? nothing;
    const kept =
      copy === undefined || knowledge.leaks.length > 0
        ? []
        : [report(output, "causal", "keeps-a-copy", copy)];
    return { leaks: [...knowledge.leaks, ...kept], crossings: knowledge.crossings };
  });
  return {
    leaks: findingsOf(answers.map((answer) => answer.leaks)),
    crossings: findingsOf(answers.map((answer) => answer.crossings)),
    windows: new Map([...reach].filter(([, window]) => Number.isFinite(window))),
  };
}

type Known = Map<Node, Knowledge>;

function walk(
  roots: readonly Node[],
  given: ReadonlyMap<Node, Knowledge>,
  question: CausalityQuestion,
  around: Surroundings,
): Known {
  const known: Known = new Map(given);
  const tuples = new Map<Node, readonly Knowledge[]>();
  for (const node of reachable(roots)) {
    if (known.has(node)) continue;
    const operands = node.inputs.map((input) => known.get(input) ?? nothing);
    if (node.operation === "repeat") {
      tuples.set(node, repeated(node, operands, question, around));
      continue;
    }
    if (node.operation === "item") {
      const [tuple = node] = node.inputs;
      known.set(node, tuples.get(tuple)?.[numberAttribute(node.attributes, "index")] ?? nothing);
      continue;
    }
    known.set(node, knowledgeOf(node, operands, question, around));
  }
  return known;
}

function knowledgeOf(
  node: Node,
  operands: readonly Knowledge[],
  question: CausalityQuestion,
  around: Surroundings,
): Knowledge {
  switch (findRow(node.operation)?.family) {
    case "leaf":
      return leafKnowledge(node, question, around);
    case "element-wise":
      return elementWiseKnowledge(node, operands, around.time);
    default:
      return structureKnowledge(node, operands, around);
  }
}

function leafKnowledge(
  node: Node,
  { segment, unavailable }: CausalityQuestion,
  { time, report }: Surroundings,
): Knowledge {
  const leak = (reason: Finding["reason"], axis?: Axis): Knowledge => ({
    ...nothing,
    leaks: [report(node, "causal", reason, axis)],
  });
  const isTime = (axis: Axis) => axis === time || axis.copyOf === time;
  if (unavailable.includes(node)) return leak("reads-what-is-learnt");
  if (node === segment) return { ...nothing, segment: { axis: time, shift: 0 } };
  switch (node.operation) {
    case "index": {
      const axis = axisAttribute(node.attributes, "axis");
      return isTime(axis) ? { ...nothing, place: axis } : nothing;
    }
    case "size": {
      const axis = axisAttribute(node.attributes, "axis");
      return isTime(axis) ? leak("reads-size-of-time", axis) : nothing;
    }
    case "random":
    case "table": {
      const axis = axesAttribute(node.attributes, "axes").find(isTime);
      if (axis === undefined) return nothing;
      return leak(node.operation === "random" ? "random-along-time" : "constant-along-time", axis);
    }
    default:
      return nothing;
  }
}

/** What is carried starts as it is given and may lose facts at each round, until nothing changes. */
function repeated(
  node: Node,
  operands: readonly Knowledge[],
  question: CausalityQuestion,
  around: Surroundings,
): readonly Knowledge[] {
  const region = regionAttribute(node.attributes);
  const { axis } = region;
  const { time, batch, report } = around;
  const wrong =
    axis === time || axis.copyOf === time
      ? report(node, "causal", "reorders-time", axis)
      : axis === batch
        ? report(node, "causal", "mixes-batch", axis)
        : undefined;
  let carried = operands.slice(0, region.carried);
  for (;;) {
    const given = new Map<Node, Knowledge>();
    for (const [place, parameter] of region.parameters.entries()) {
      given.set(parameter, carried[place] ?? operands[place] ?? nothing);
    }
    const known = walk(region.results, given, question, around);
    const results = region.results.map((result) => known.get(result) ?? nothing);
    const merged = carried.map((before, place) => either(before, results[place] ?? nothing));
    const settled = merged.every((now, place) => {
      const before = carried[place];
      invariant(before !== undefined, "as many carried values as before");
      return sameKnowledge(before, now);
    });
    carried = merged;
    if (!settled) continue;
    const all = [...carried, ...results.slice(region.carried)];
    if (wrong === undefined) return all;
    return all.map((one) => ({ ...one, leaks: findingsOf([one.leaks, [wrong]]) }));
  }
}
