import { describe, expect, it } from "vitest";
import { createBuilder, interpret, makeStep } from "../../compiler/graph/index.ts";
import { axesAttribute } from "../../compiler/operations/attributes.ts";
import type { OperationName } from "../../compiler/operations/table.ts";
import { buildCase, cases, sizes } from "./cases.ts";
import { coordinates, entryOf, naive } from "./naive.ts";

describe("the interpreter against the definitions", () => {
  for (const name of Object.keys(cases) as OperationName[]) {
    for (const [place, make] of cases[name].entries()) {
      it.each(sizes)(`${name} (${place}), size %i`, (size) => {
        const build = createBuilder();
        const { inputs, values, result, attributes } = buildCase(build, name, make, size);
        const step = makeStep(build, "case", [{ name: "y", node: result }], []);
        const given = Object.fromEntries(values.map((value, index) => [`x${index}`, value]));
        const made = interpret(step, given).outputs["y"];
        const operands = inputs.map((input, index) =>
          entryOf(axesAttribute(input.attributes, "axes"), values[index] ?? []),
        );
        // Simplification may give another node; the definition is read off what was asked for.
        const asked = { ...result, operation: name, inputs, attributes: attributes ?? {} };
        const expected = coordinates(result.axes).map(naive(asked, operands));
        expect(made?.values.length).toBe(expected.length);
        for (const [index, value] of expected.entries()) {
          expect(made?.values[index]).toBeCloseTo(value, 11);
        }
      });
    }
  }
});
