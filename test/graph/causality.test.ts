import { describe, expect, it } from "vitest";
import { causality, createBuilder, type GraphBuilder } from "../../compiler/graph/index.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";
import { buildModel, small } from "./model.ts";

/** What a hand-built attention of one head is made of. */
interface Parts {
  readonly build: GraphBuilder;
  readonly batch: Axis;
  readonly time: Axis;
  readonly source: Axis;
  readonly width: Axis;
  readonly x: Node;
  readonly weight: Node;
  readonly segment: Node;
  readonly scores: Node;
  readonly values: Node;
  /** index(source) <= index(time) */
  readonly before: Node;
  readonly past: Node;
  readonly apply: (operation: string, ...inputs: Node[]) => Node;
  readonly copy: (node: Node) => Node;
  readonly mask: (x: Node, p: Node) => Node;
  readonly softmax: (x: Node) => Node;
  readonly mix: (weights: Node) => Node;
  readonly number: (value: number) => Node;
}

function parts(): Parts {
  const build = createBuilder();
  const [batch, time] = [build.axis("batch", 2), build.axis("time", 5)];
  const [width, source] = [build.axis("width", 3), build.axis("source", 5, time)];
  const x = build.input("x", "data", [batch, time, width], "real");
  const weight = build.input("weight", "data", [batch, time], "real");
  const segment = build.input("segment", "data", [batch, time], "int");
  const apply = (operation: string, ...inputs: Node[]) => build.apply(operation, inputs);
  const copy = (node: Node) => build.apply("rename", [node], { from: time, to: source });
  const before = apply("less_equal", build.index(source), build.index(time));
  const values = copy(x);
  return {
    build,
    batch,
    time,
    source,
    width,
    x,
    weight,
    segment,
    values,
    before,
    scores: build.apply("dot", [x, values], { over: [width] }),
    past: apply("and", before, apply("equal", segment, copy(segment))),
    apply,
    copy,
    mask: (scores, p) => apply("select", p, scores, build.constant(Number.NEGATIVE_INFINITY)),
    softmax: (scores) => build.apply("softmax", [scores], { over: [source] }),
    mix: (weights) => build.apply("dot", [weights, values], { over: [source] }),
    number: (value) => build.constant(value),
  };
}

interface Case {
  readonly what: string;
  readonly make: (parts: Parts) => Node;
  readonly leaks: readonly string[];
  readonly crossings?: readonly string[];
}

const attention = ({ softmax, mask, mix, scores, past }: Parts) => mix(softmax(mask(scores, past)));

const cases: readonly Case[] = [
  { what: "1: ordinary attention is causal and separate", make: attention, leaks: [] },
  {
    what: "2: a mask that multiplies before softmax",
    make: ({ apply, build, past, scores, softmax, mix }) =>
      mix(softmax(apply("multiply", scores, build.apply("to_real", [past])))),
    leaks: ["not-masked softmax"],
  },
  {
    what: "3: something added after softmax",
    make: ({ apply, number, scores, past, mask, softmax, mix }) =>
      mix(apply("add", softmax(mask(scores, past)), number(0.01))),
    leaks: ["not-masked dot"],
  },
  {
    what: "3: one minus the mix",
    make: ({ apply, number, scores, past, mask, softmax, mix }) =>
      mix(apply("subtract", number(1), softmax(mask(scores, past)))),
    leaks: ["not-masked dot"],
  },
  ...(["negate", "abs"] as const).map(
    (operation): Case => ({
      what: `4: ${operation} of masked scores`,
      make: ({ apply, scores, past, mask, softmax, mix }) =>
        mix(softmax(apply(operation, mask(scores, past)))),
      leaks: ["not-masked softmax"],
    }),
  ),
  {
    what: "4: the square of masked scores",
    make: ({ apply, number, scores, past, mask, softmax, mix }) =>
      mix(softmax(apply("power", mask(scores, past), number(2)))),
    leaks: ["not-masked softmax"],
  },
  {
    what: "5: a mean over the copy",
    make: ({ apply, build, source, scores, past, number }) => {
      const zeroed = apply("select", past, scores, number(0));
      const sum = build.apply("sum", [zeroed], { over: [source] });
      return apply("divide", sum, build.size(source));
    },
    leaks: ["reads-size-of-time size"],
  },
  {
    what: "5: the length of time",
    make: ({ apply, build, time, x }) => apply("multiply", x, build.size(time)),
    leaks: ["reads-size-of-time size"],
  },
  {
    what: "5: the length of time through a sum of ones",
    make: ({ apply, build, source, x }) => {
      const ones = build.apply("expand", [build.constant(1)], { axes: [source] });
      return apply("divide", x, build.apply("sum", [ones], { over: [source] }));
    },
    leaks: ["reads-size-of-time size"],
  },
  {
    what: "6: a large negative number instead of a mask",
    make: ({ apply, number, scores, past, softmax, mix }) =>
      mix(softmax(apply("select", past, scores, number(-1e9)))),
    leaks: ["not-masked softmax"],
  },
  {
    what: "7: a mask without the segment",
    make: ({ scores, before, mask, softmax, mix }) => mix(softmax(mask(scores, before))),
    leaks: [],
    crossings: ["mask-lacks-segment softmax"],
  },
  {
    what: "7: a running sum",
    make: ({ build, x, time }) => build.apply("cumulative", [x], { axis: time, reverse: false }),
    leaks: [],
    crossings: ["running-sum-crosses-segment cumulative"],
  },
  {
    what: "7: a shift across segments",
    make: ({ build, x, time }) => build.apply("shift", [x], { axis: time, amount: 1 }),
    leaks: [],
    crossings: ["shift-crosses-segment shift"],
  },
  {
    what: "7: a shift within the segment",
    make: ({ build, apply, number, segment, x, time }) => {
      const back = (node: Node) => build.apply("shift", [node], { axis: time, amount: 1 });
      return apply("select", apply("equal", segment, back(segment)), back(x), number(0));
    },
    leaks: [],
  },
  {
    what: "7: a sum over the batch",
    make: ({ build, x, batch }) => build.apply("sum", [x], { over: [batch] }),
    leaks: ["mixes-batch sum"],
  },
  {
    what: "8: a shift from later",
    make: ({ build, x, time }) => build.apply("shift", [x], { axis: time, amount: -1 }),
    leaks: ["shifts-from-later shift"],
  },
  {
    what: "8: a running sum from the end",
    make: ({ build, x, time }) => build.apply("cumulative", [x], { axis: time, reverse: true }),
    leaks: ["shifts-from-later cumulative"],
  },
  {
    what: "9: a window is causal",
    make: ({ apply, build, time, source, past, number, scores, mask, softmax, mix }) => {
      const gap = apply("subtract", build.index(time), build.index(source));
      return mix(softmax(mask(scores, apply("and", past, apply("less", gap, number(3))))));
    },
    leaks: [],
  },
  {
    what: "11: a copy of a copy",
    make: ({ build, scores, time }) => {
      const again = build.axis("again", time.size, time);
      return build.apply("rename", [scores], { from: time, to: again });
    },
    leaks: ["copies-a-copy rename"],
  },
  {
    what: "11: time renamed to a dimension that is no copy",
    make: ({ build, x, time }) =>
      build.apply("rename", [x], { from: time, to: build.axis("memory", time.size) }),
    leaks: ["renames-time rename"],
  },
  {
    what: "12: a model that reads what is to be learnt",
    make: ({ apply, x, weight }) => apply("multiply", x, weight),
    leaks: ["reads-what-is-learnt input"],
  },
  {
    what: "a reduction over time",
    make: ({ build, x, time }) => build.apply("sum", [x], { over: [time] }),
    leaks: ["reduces-time sum"],
  },
  {
    what: "scores that nobody masked, summed",
    make: ({ mix, scores }) => mix(scores),
    leaks: ["not-masked dot"],
  },
  {
    what: "the greatest of masked scores",
    make: ({ build, source, mask, scores, past }) =>
      build.apply("max", [mask(scores, past)], { over: [source] }),
    leaks: [],
  },
  {
    what: "a result that keeps the copy",
    make: ({ mask, scores, past }) => mask(scores, past),
    leaks: ["keeps-a-copy select"],
  },
  {
    what: "a mask that holds if either of two things does",
    make: ({ apply, segment, copy, before, scores, mask, softmax, mix }) =>
      mix(softmax(mask(scores, apply("or", before, apply("equal", segment, copy(segment)))))),
    leaks: ["not-masked softmax"],
  },
  {
    what: "two independent faults",
    make: ({ build, apply, x, time, batch }) =>
      apply(
        "add",
        build.apply("sum", [x], { over: [time] }),
        build.apply("sum", [x], { over: [batch] }),
      ),
    leaks: ["reduces-time sum", "mixes-batch sum"],
  },
];

function ask(made: Node, { time, batch, segment, weight, build }: Parts) {
  return causality({
    outputs: [made],
    time,
    batch,
    segment,
    unavailable: [weight],
    originsOf: build.originsOf,
  });
}

const show = (finding: { readonly reason: string; readonly node: Node }) =>
  `${finding.reason} ${finding.node.operation}`;

describe("causality", () => {
  it.each(cases)("$what", ({ make, leaks, crossings }) => {
    const own = parts();
    const answer = ask(make(own), own);
    expect(answer.leaks.map(show)).toEqual(leaks);
    expect(answer.crossings.map(show)).toEqual(crossings ?? []);
  });

  it("looks through repeated blocks", () => {
    const build = createBuilder();
    const { logits, time, batch, segment } = buildModel(build, small);
    const answer = causality({
      outputs: [logits],
      time,
      batch,
      segment,
      unavailable: [],
      originsOf: build.originsOf,
    });
    expect(answer).toEqual({ leaks: [], crossings: [], windows: new Map() });
  });

  it("finds a leak that only the second iteration of a body makes visible", () => {
    const own = parts();
    const { build, x, time, values, source } = own;
    const layer = build.axis("layer", 3);
    const result = build.repeat(layer, false, [x, x], [], [], ([a = x, b = x]) => {
      const leaking = build.apply("sum", [b], { over: [time] });
      return {
        carried: [build.apply("add", [a, b]), build.apply("add", [a, leaking])],
        stacked: [],
      };
    });
    const [first = x] = result.carried;
    expect(ask(first, own).leaks.map(show)).toEqual(["reduces-time sum"]);
    expect(values.axes).toContain(source);
  });

  it("tells how far back a copy is read, if every reading has a window", () => {
    const own = parts();
    const { apply, build, time, source, past, number, scores, mask, softmax, mix } = own;
    const gap = apply("subtract", build.index(time), build.index(source));
    const within = (width: number) => apply("and", past, apply("less", gap, number(width)));
    const narrow = mix(softmax(mask(scores, within(2))));
    const wide = mix(softmax(mask(scores, within(3))));
    expect(ask(narrow, own).windows).toEqual(new Map([[source, 2]]));
    expect(ask(apply("add", narrow, wide), own).windows).toEqual(new Map([[source, 3]]));
    expect(ask(apply("add", narrow, attention(own)), own).windows).toEqual(new Map());
  });

  it("says what the mask is and what it must be", () => {
    const own = parts();
    const { apply, number, scores, past, softmax, mix } = own;
    const [finding] = ask(mix(softmax(apply("select", past, scores, number(-1e9)))), own).leaks;
    expect(finding?.needed).toBe(Number.NEGATIVE_INFINITY);
    expect(finding?.found).toBe(-1e9);
    expect(finding?.axis?.name).toBe("source");
  });
});
