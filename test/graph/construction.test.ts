import { describe, expect, it } from "vitest";
import {
  createBuilder,
  type GraphBuilder,
  makeStep,
  print,
  verify,
} from "../../compiler/graph/index.ts";
import { isShapeProblem } from "../../compiler/operations/row.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";

interface Bench {
  readonly build: GraphBuilder;
  readonly a: Axis;
  readonly b: Axis;
  readonly x: Node;
  readonly y: Node;
  readonly n: Node;
  readonly p: Node;
  readonly apply: (operation: string, ...inputs: Node[]) => Node;
}

function bench(): Bench {
  const build = createBuilder();
  const [a, b] = [build.axis("a", 4), build.axis("b", 3)];
  return {
    build,
    a,
    b,
    x: build.input("x", "data", [a, b], "real"),
    y: build.input("y", "data", [b], "real"),
    n: build.input("n", "data", [a], "int"),
    p: build.input("p", "data", [a], "bool"),
    apply: (operation, ...inputs) => build.apply(operation, inputs),
  };
}

/** Pairs that must be one node. */
const equal: Readonly<Record<string, (bench: Bench) => readonly [Node, Node]>> = {
  "the same node made twice": ({ apply, x, y }) => [apply("add", x, y), apply("add", x, y)],
  "exchanged operands": ({ apply, x, y }) => [apply("multiply", x, y), apply("multiply", y, x)],
  "axes in another order": ({ build, a, b, x }) => [
    build.apply("sum", [x], { over: [a, b] }),
    build.apply("sum", [x], { over: [b, a] }),
  ],
  "tables of equal numbers": ({ build, b }) => [
    build.table(Float64Array.of(1, 2, 3), [b]),
    build.table(Float64Array.of(1, 2, 3), [b]),
  ],
  "x + 0": ({ apply, build, x }) => [apply("add", x, build.constant(0)), x],
  "1 · x": ({ apply, build, x }) => [apply("multiply", build.constant(1), x), x],
  "−(−x)": ({ apply, x }) => [apply("negate", apply("negate", x)), x],
  "x ^ 2": ({ apply, build, x }) => [apply("power", x, build.constant(2)), apply("multiply", x, x)],
  "constants folded": ({ apply, build }) => [apply("exp", build.constant(0)), build.constant(1)],
  "ints become real beside reals": ({ apply, x, n }) => [
    apply("add", x, n),
    apply("add", x, apply("to_real", n)),
  ],
  "truth values are counted": ({ build, apply, p, a }) => [
    build.apply("sum", [p], { over: [a] }),
    build.apply("sum", [apply("to_int", p)], { over: [a] }),
  ],
  "renamed there and back": ({ build, a, x }) => {
    const copy = build.axis("copy", a.size, a);
    const there = build.apply("rename", [x], { from: a, to: copy });
    return [build.apply("rename", [there], { from: copy, to: a }), x];
  },
  "split and merged": ({ build, a, x }) => {
    const into = [build.axis("u", 2), build.axis("v", 2)];
    const apart = build.apply("split", [x], { axis: a, into });
    return [build.apply("merge", [apart], { axes: into, into: a }), x];
  },
  "expanded beside an operand that has the axis": ({ build, apply, a, x, y }) => [
    apply("add", x, build.apply("expand", [y], { axes: [a] })),
    apply("add", x, y),
  ],
  "a dot over an axis that only one has": ({ build, a, b, x, y }) => [
    build.apply("dot", [x, y], { over: [a, b] }),
    build.apply("dot", [build.apply("sum", [x], { over: [a] }), y], { over: [b] }),
  ],
  "a part of one piece of a join": ({ build, b, y, x }) => {
    const all = build.axis("all", 6);
    const both = build.apply("join", [y, build.apply("exp", [y])], { axes: [b, b], into: all });
    const piece = build.axis("piece", 3);
    expect(x.axes).toContain(b);
    return [
      build.apply("part", [both], { axis: all, into: piece, start: 3 }),
      build.apply("rename", [build.apply("exp", [y])], { from: b, to: piece }),
    ];
  },
};

describe("construction", () => {
  it.each(Object.keys(equal))("%s", (name) => {
    const pair = equal[name]?.(bench());
    expect(pair?.[0]).toBe(pair?.[1]);
  });

  it("never makes 0 of 0 · x", () => {
    const { apply, build, x } = bench();
    expect(apply("multiply", x, build.constant(0)).operation).toBe("multiply");
  });

  it("keeps 0 and −0 apart", () => {
    const { build } = bench();
    expect(build.constant(0)).not.toBe(build.constant(-0));
  });

  it("gives problems for what a shape rule refuses", () => {
    const { build, x, n, p, a, b } = bench();
    const other = build.axis("other", 5);
    const tries: readonly [
      string,
      readonly Node[],
      Parameters<GraphBuilder["apply"]>[2],
      string,
    ][] = [
      ["exp", [p], {}, "element"],
      ["add", [x, p], {}, "element"],
      ["and", [p, n], {}, "element"],
      ["sum", [x], { over: [other] }, "missing-axis"],
      ["rename", [x], { from: a, to: b }, "duplicate-axis"],
      ["rename", [x], { from: a, to: other }, "size-mismatch"],
      ["expand", [x], { axes: [a] }, "duplicate-axis"],
      ["gather", [x, x], { axis: a }, "element"],
      ["part", [x], { axis: a, into: other, start: 0 }, "size-mismatch"],
      ["dot", [x, x], { over: [other] }, "missing-axis"],
      ["join", [x], { axes: [a, b], into: other }, "attribute"],
      ["split", [x], { axis: a, into: [other] }, "size-mismatch"],
    ];
    for (const [operation, inputs, attributes, expected] of tries) {
      const made = build.tryApply(operation, inputs, attributes);
      // A node is no problem; `problem` is what a refusal has.
      expect("problem" in made ? made.problem : "accepted", operation).toBe(expected);
    }
    expect(isShapeProblem({ problem: "element", axes: [], detail: "" })).toBe(true);
  });

  it("keeps every origin of a shared node", () => {
    const { build, x } = bench();
    const at = (start: number) => ({ file: "a.recipe", start, end: start + 1, path: "model" });
    const first = build.withOrigin(at(1), () => build.apply("exp", [x]));
    const second = build.withOrigin(at(2), () => build.apply("exp", [x]));
    build.withOrigin(at(2), () => build.apply("exp", [x]));
    expect(first).toBe(second);
    expect(build.originsOf(first)).toEqual([at(1), at(2)]);
  });
});

describe("verify", () => {
  const broken: Readonly<Record<string, (node: Node, bench: Bench) => Node>> = {
    "is not in the table": (node) => ({ ...node, operation: "convolve" }),
    "has another type than its rule says": (node) => ({ ...node, element: "int" }),
    "has 2 operands, not 1": (node) => ({ ...node, inputs: [...node.inputs, ...node.inputs] }),
    "is older than an operand": (node) => ({ ...node, id: -1 }),
    "has its axes out of order": (node) => ({ ...node, axes: [...node.axes].reverse() }),
    "has an operand that is not real": (node, { n }) => ({ ...node, inputs: [n], axes: n.axes }),
    "is outside of its region": (_, { build, a }) => build.argument(0, [a], "real", 7),
    "is not declared": (_, { build, a }) => build.input("z", "data", [a], "real"),
  };
  it.each(Object.keys(broken))("says: %s", (message) => {
    const own = bench();
    const sound = own.apply("exp", own.x);
    const step = makeStep(own.build, "sound", [{ name: "y", node: sound }], []);
    expect(verify(step)).toEqual([]);
    const node = broken[message]?.(sound, own) ?? sound;
    const problems = verify({ ...step, outputs: [{ name: "y", node }] });
    expect(problems.some((problem) => problem.endsWith(message))).toBe(true);
  });

  it("says that a state changes its type, or is replaced and is none", () => {
    const { build, a, b, y } = bench();
    const state = build.input("s", "state", [b], "real");
    const wide = build.expanded(state, [a]);
    const step = makeStep(build, "s", [{ name: "y", node: y }], [{ state, next: wide }]);
    expect(verify(step)).toEqual(["s changes its type"]);
    expect(verify({ ...step, carried: [{ state: "y", next: y }] })).toEqual([
      "y is carried and is no state",
    ]);
  });
});

describe("print", () => {
  it("gives a line to a node and indents bodies", () => {
    const { build, a, b, x, y } = bench();
    const weights = build.input("w", "state", [a, b], "real");
    const result = build.repeat(a, true, [y], [weights], [], ([c = y], [w = y]) => ({
      carried: [build.apply("tanh", [build.apply("multiply", [c, w])])],
      stacked: [c],
    }));
    const [last = y] = result.carried;
    const [stack = y] = result.stacked;
    const mean = build.apply("sum", [build.apply("add", [stack, x])], { over: [a, b] });
    const step = makeStep(
      build,
      "sketch",
      [{ name: "loss", node: build.apply("divide", [mean, build.constant(12)]) }],
      [{ state: weights, next: build.apply("subtract", [weights, last]) }],
    );
    expect(print(step)).toBe(`step sketch
  %0 = input() {name: "x", role: "data", axes: [a, b]} : real[a, b]
  %1 = input() {name: "y", role: "data", axes: [b]} : real[b]
  %2 = input() {name: "w", role: "state", axes: [a, b]} : real[a, b]
  %7 = repeat a(4) reverse
    carried %3 = %1 : real[b]
    each %4 = %2 : real[b]
    %5 = multiply(%3, %4) : real[b]
    %6 = tanh(%5) : real[b]
    next %6
    stack %3
  %8 = item(%7) {index: 0} : real[b]
  %9 = item(%7) {index: 1} : real[a, b]
  %10 = add(%0, %9) : real[a, b]
  %11 = sum(%10) {over: [a, b]} : real[]
  %12 = divide(%11, 12) : real[]
  %13 = subtract(%2, %8) : real[a, b]
  output loss = %12
  next w = %13
`);
  });
});
