import { describe, expect, it } from "vitest";
import { createBuilder, differentiate, interpret } from "../../compiler/graph/index.ts";
import type { Step } from "../../compiler/graph/step.ts";
import { entries } from "../../compiler/operations/shape.ts";
import { type OperationName, operations } from "../../compiler/operations/table.ts";
import type { Node } from "../../compiler/operations/tensor.ts";
import { buildCase, cases, generator, type MakeCase, sizes } from "./cases.ts";

/** Structure, not arithmetic: these have tests of their own under test/graph. */
const structural: ReadonlySet<string> = new Set(["item", "input", "argument", "repeat"]);

function stepOf(inputs: readonly Node[], outputs: readonly Node[]): Step {
  return {
    name: "case",
    inputs: inputs.map((node) => ({ name: String(node.attributes["name"]), role: "data", node })),
    carried: [],
    outputs: outputs.map((node, place) => ({ name: `y${place}`, node })),
    origins: new Map(),
  };
}

/** Σ result · weights, with weights that differ from entry to entry. */
function weighedSum(build: ReturnType<typeof createBuilder>, result: Node): Node {
  const count = entries(result.axes);
  const random = generator(99);
  const weights = build.table(
    Float64Array.from({ length: count }, () => random() + 0.5),
    result.axes,
  );
  return build.apply("sum", [build.apply("multiply", [result, weights])], { over: result.axes });
}

function compare(operation: OperationName, make: MakeCase, size: number): void {
  const build = createBuilder();
  const { inputs, values, result } = buildCase(build, operation, make, size);
  if (operations[operation].derivative === undefined || result.element !== "real") return;
  const scalar = weighedSum(build, result);
  const real = inputs.filter((input) => input.element === "real");
  const step = stepOf(inputs, [scalar, ...differentiate(build, scalar, real)]);
  const named = () => Object.fromEntries(values.map((value, place) => [`x${place}`, value]));
  const outputs = interpret(step, named()).outputs;
  const only = stepOf(inputs, [scalar]);
  const total = () => interpret(only, named()).outputs["y0"]?.values[0] ?? Number.NaN;
  const random = generator(size);

  for (const [place, input] of real.entries()) {
    const gradient = outputs[`y${place + 1}`];
    const where = inputs.indexOf(input);
    const x = values[where];
    if (gradient === undefined || x === undefined) throw new Error("a gradient is missing");
    // Gradients come in ascending axis ids, inputs in the order of their attribute.
    const order = input.attributes["axes"] as readonly Node["axes"][number][];
    let largest = 1e-3;
    for (const value of gradient.values) largest = Math.max(largest, Math.abs(value));
    for (let probe = 0; probe < Math.min(6, x.length); probe += 1) {
      const entry = Math.floor(random() * x.length);
      const before = x[entry] ?? 0;
      const h = 1e-5 * Math.max(0.1, Math.abs(before));
      const at = (offset: number) => {
        x[entry] = before + offset;
        return total();
      };
      // Fourth order, so that truncation stays below the tolerance.
      const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      x[entry] = before;
      const expected = gradient.values[canonicalPlace(entry, order, gradient.axes)] ?? Number.NaN;
      expect(Math.abs(slope - expected) / largest, `${operation}, entry ${entry}`).toBeLessThan(
        1e-6,
      );
    }
  }
}

function canonicalPlace(
  entry: number,
  from: readonly Node["axes"][number][],
  to: readonly Node["axes"][number][],
): number {
  const coordinates = new Map<Node["axes"][number], number>();
  let rest = entry;
  for (const axis of [...from].reverse()) {
    coordinates.set(axis, rest % axis.size);
    rest = Math.floor(rest / axis.size);
  }
  return to.reduce((place, axis) => place * axis.size + (coordinates.get(axis) ?? 0), 0);
}

describe("every row of the table", () => {
  it("has cases, unless it is structure", () => {
    const without = Object.entries(cases).filter(([, made]) => made.length === 0);
    expect(new Set(without.map(([name]) => name))).toEqual(structural);
    expect(Object.keys(cases).sort()).toEqual(Object.keys(operations).sort());
  });
});

describe("derivatives against differences in f64", () => {
  const names = Object.keys(cases) as OperationName[];
  for (const name of names) {
    for (const [place, make] of cases[name].entries()) {
      if (operations[name].derivative === undefined) continue;
      it.each(sizes)(`${name} (${place}), size %i`, (size) => compare(name, make, size));
    }
  }
});
