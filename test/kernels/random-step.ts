import { createBuilder } from "../../compiler/graph/index.ts";
import type { Input, Step } from "../../compiler/graph/step.ts";
import type { Axis, Node } from "../../compiler/operations/tensor.ts";
import { generator } from "../operations/case.ts";
import type { StepValues } from "./harness.ts";

/** A step of random operations over a few axes, with values for its inputs. */
export function randomStep(
  seed: number,
  operations: number,
): { readonly step: Step; readonly values: StepValues } {
  let draw = generator(seed);
  const chance = () => draw();
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(chance() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const graph = createBuilder();
  const { apply } = graph;
  const sizes = [1, 2, 3, 4, 5, 7, 8, 12, 16, 17];
  const axes = ["a", "b", "c", "d"].map((name) => graph.axis(name, pick(sizes)));
  const copies = axes.map((axis) => graph.axis(`${axis.name}'`, axis.size, axis));
  const layers = graph.axis("layers", pick([1, 2, 3, 4]));
  const inputs: Input[] = [];
  const values: Record<string, Float32Array | Int32Array> = {};
  const some = (count: number, from: readonly Axis[] = axes) =>
    [...from].sort(() => chance() - 0.5).slice(0, count);
  const input = (role: "state" | "data", over: readonly Axis[], limit?: number): Node => {
    const name = `${role}${inputs.length}`;
    const node = graph.input(name, role, over, limit === undefined ? "real" : "int");
    inputs.push({ name, role, node });
    const length = over.reduce((product, axis) => product * axis.size, 1);
    values[name] =
      limit === undefined
        ? Float32Array.from({ length }, () => 2 * chance() - 1)
        : Int32Array.from({ length }, () => Math.floor(limit * chance()));
    return node;
  };
  const pool: Node[] = [input("data", some(2)), input("data", some(3)), input("data", some(1))];
  const states = [0, 1].map(() => input("state", some(2)));
  pool.push(...states);
  /** Inputs of bodies stay inside of them, so each body has a pool of its own. */
  const grow = (from: Node[], deep: boolean): void => {
    const x = pick(from);
    const add = (node: Node) => {
      if (node.element === "real" && entries(node) <= 5000) from.push(node);
    };
    switch (pick(kinds)) {
      case "unary":
        add(apply(pick(["tanh", "sigmoid", "negate", "sin", "abs"]), [x]));
        break;
      case "binary": {
        const y = pick(from);
        if (union(x, y) <= 5000)
          add(apply(pick(["add", "subtract", "multiply", "maximum"]), [x, y]));
        break;
      }
      case "select": {
        const y = pick(from);
        if (x.axes.length === 0 || union(x, y) > 5000) break;
        const here = apply("less", [graph.index(pick(x.axes)), graph.constant(2, "int")]);
        add(apply("select", [here, x, y]));
        break;
      }
      case "reduce":
        if (x.axes.length === 0) break;
        add(
          apply(pick(["sum", "max", "log_sum_exp"]), [x], {
            over: some(1 + Math.floor(2 * chance()), x.axes),
          }),
        );
        break;
      case "softmax":
        if (x.axes.length > 0) add(apply("softmax", [x], { over: some(1, x.axes) }));
        break;
      case "normalise": {
        if (x.axes.length === 0) break;
        const over = some(1, x.axes);
        const mean = apply("sum", [apply("multiply", [x, x])], { over });
        const root = apply("sqrt", [apply("add", [mean, graph.constant(1)])]);
        add(apply("divide", [x, root]));
        break;
      }
      case "dot": {
        const y = pick(from);
        const shared = x.axes.filter((axis) => y.axes.includes(axis));
        if (shared.length > 0 && union(x, y) <= 20000) {
          const scale = graph.constant(0.3);
          add(apply("multiply", [apply("dot", [x, y], { over: some(1, shared) }), scale]));
        }
        break;
      }
      case "rename": {
        const place = axes.findIndex((axis) => x.axes.includes(axis));
        const [axis, copy] = [axes[place], copies[place]];
        if (axis === undefined || copy === undefined || x.axes.includes(copy)) break;
        add(apply("rename", [x], { from: axis, to: copy }));
        break;
      }
      case "view": {
        if (x.axes.length === 0) break;
        const axis = pick(x.axes);
        const at = Math.floor(chance() * axis.size);
        add(
          pick([
            () => apply("shift", [x], { axis, amount: pick([-1, 1, 2]) }),
            () => apply("reverse", [x], { axis }),
            () => apply("take", [x], { axis, at }),
            () => apply("cumulative", [x], { axis, reverse: chance() < 0.5 }),
            () => {
              const rest = graph.axis("rest", axis.size - at);
              const piece = apply("part", [x], { axis, into: rest, start: at });
              const whole = graph.axis("whole", axis.size + rest.size);
              const long = apply("join", [piece, x], { axes: [rest, axis], into: whole });
              return apply("sum", [long], { over: [whole] });
            },
            () => {
              const other = axes.find((one) => one !== axis && x.axes.includes(one));
              if (other === undefined) return x;
              const both = graph.axis("both", axis.size * other.size);
              const merged = apply("merge", [x], { axes: [axis, other], into: both });
              return apply("split", [apply("tanh", [merged])], { axis: both, into: [axis, other] });
            },
          ])(),
        );
        break;
      }
      case "gather": {
        if (x.axes.length === 0 || deep) break;
        const axis = pick(x.axes);
        const ids = input(
          "data",
          some(
            1,
            axes.filter((one) => !x.axes.includes(one)),
          ),
          axis.size,
        );
        add(apply("gather", [x, ids], { axis }));
        break;
      }
      case "scatter": {
        const target = axes.find((axis) => !x.axes.includes(axis));
        if (target === undefined || x.axes.length === 0 || deep) break;
        const over = some(1, x.axes);
        const ids = input("data", over, target.size);
        const keep = chance() < 0.3 ? over : [];
        add(apply("scatter_add", [x, ids], { axis: target, keep }));
        break;
      }
      case "repeat": {
        if (deep || x.axes.includes(layers)) break;
        const weight = input("state", [layers, ...some(1)]);
        const start = x;
        // The body may be asked for more than once and must be the same each time.
        const own = Math.floor(1e6 * chance());
        const { carried, stacked } = graph.repeat(
          layers,
          own % 2 === 0,
          [start],
          [weight],
          [],
          (given, each) => {
            const inner = [...given, ...each];
            const outside = draw;
            draw = generator(own);
            for (let count = 0; count < 5; count += 1) grow(inner, true);
            draw = outside;
            const last = inner.at(-1) ?? start;
            const [first = start, other = start] = [given[0], each[0]];
            const extra = last.axes.filter((axis) => !first.axes.includes(axis));
            const summed = extra.length === 0 ? last : apply("sum", [last], { over: extra });
            const mixed = apply("tanh", [apply("add", [first, summed])]);
            return {
              carried: [mixed],
              stacked: [apply("multiply", [other, graph.constant(2)]), last],
            };
          },
        );
        for (const node of [...carried, ...stacked]) add(node);
        break;
      }
    }
  };
  for (let count = 0; count < operations; count += 1) grow(pool, false);
  const outputs = pool.slice(-5).map((node, index) => ({ name: `output${index}`, node }));
  const carried = states.flatMap((state) => {
    const fitting = [...pool]
      .reverse()
      .find((node) => state.axes.every((axis) => node.axes.includes(axis)) && node !== state);
    if (fitting === undefined) return [];
    const over = fitting.axes.filter((axis) => !state.axes.includes(axis));
    const next = over.length === 0 ? fitting : apply("sum", [fitting], { over });
    const name = inputs.find((one) => one.node === state)?.name ?? "";
    return [{ state: name, next }];
  });
  return { step: { name: "random", inputs, carried, outputs, origins: graph.origins }, values };
}

const kinds = [
  "unary",
  "binary",
  "binary",
  "binary",
  "select",
  "reduce",
  "softmax",
  "normalise",
  "dot",
  "dot",
  "rename",
  "view",
  "view",
  "gather",
  "scatter",
  "repeat",
] as const;

function entries(node: Node): number {
  return node.axes.reduce((product, axis) => product * axis.size, 1);
}

function union(x: Node, y: Node): number {
  return [...new Set([...x.axes, ...y.axes])].reduce((product, axis) => product * axis.size, 1);
}
