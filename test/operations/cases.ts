import type { GraphBuilder } from "../../compiler/graph/build.ts";
import type { OperationName } from "../../compiler/operations/table.ts";
import type { Attributes, Axis, Element, Node } from "../../compiler/operations/tensor.ts";

/** An operand: its axes in the order of memory and what its entries are drawn from. */
export interface Operand {
  readonly axes: readonly Axis[];
  readonly element: Element;
  readonly draw: (random: () => number) => number;
}

export interface OperationCase {
  readonly operands: readonly Operand[];
  readonly attributes?: Attributes;
}

/** Makes a case whose main axis has the given size. */
export type MakeCase = (build: GraphBuilder, size: number) => OperationCase;

/** Odd sizes: around powers of two and around the widths of vectors and workgroups. */
export const sizes = [1, 2, 3, 7, 8, 9, 63, 64, 65, 127] as const;

const between = (low: number, high: number) => (random: () => number) =>
  low + (high - low) * random();
/** Away from 0, where a kink would spoil the differences. */
const awayFromZero = (random: () => number) => (random() < 0.5 ? -1 : 1) * (0.1 + 1.9 * random());
const whole = (low: number, high: number) => (random: () => number) =>
  low + Math.floor((high - low) * random());
const truth = (random: () => number) => (random() < 0.5 ? 0 : 1);
/** Entries that differ from one another by more than a difference step. */
const apart = () => {
  let count = 0;
  return (random: () => number) => {
    count += 1;
    return (count % 2 === 0 ? -1 : 1) * (0.05 + count * 0.01 + 0.001 * random());
  };
};

function real(axes: readonly Axis[], draw: Operand["draw"] = between(-2, 2)): Operand {
  return { axes, element: "real", draw };
}

const unary = (draw: Operand["draw"]): MakeCase[] => [
  (build, size) => ({ operands: [real([build.axis("row", 3), build.axis("column", size)], draw)] }),
];

const unaryOf = (element: Element, draw: Operand["draw"]): MakeCase[] => [
  (build, size) => ({ operands: [{ axes: [build.axis("column", size)], element, draw }] }),
];

/** Both whole, one with fewer axes, and axes that only one of them has. */
function binary(
  left: Operand["draw"],
  right: Operand["draw"] = left,
  element: Element = "real",
): MakeCase[] {
  return [
    (build, size) => {
      const axes = [build.axis("row", 2), build.axis("column", size)];
      return {
        operands: [
          { axes, element, draw: left },
          { axes, element, draw: right },
        ],
      };
    },
    (build, size) => {
      const [row, column] = [build.axis("row", 3), build.axis("column", size)];
      return {
        operands: [
          { axes: [column], element, draw: left },
          { axes: [column, row], element, draw: right },
        ],
      };
    },
    (build, size) => {
      const [row, column] = [build.axis("row", 3), build.axis("column", size)];
      return {
        operands: [
          { axes: [row], element, draw: left },
          { axes: [column], element, draw: right },
        ],
      };
    },
  ];
}

const reduction = (draw: () => Operand["draw"]): MakeCase[] => [
  (build, size) => {
    const [row, column] = [build.axis("row", 3), build.axis("column", size)];
    return { operands: [real([row, column], draw())], attributes: { over: [column] } };
  },
  (build, size) => {
    const [row, column, last] = [
      build.axis("row", size),
      build.axis("column", 3),
      build.axis("last", 2),
    ];
    return { operands: [real([row, column, last], draw())], attributes: { over: [row, last] } };
  },
];

/** A leaf has nothing to differentiate; it is compared all the same. */
const leaf = (attributes: (axes: readonly Axis[]) => Attributes): MakeCase[] => [
  (build, size) => ({
    operands: [],
    attributes: attributes([build.axis("row", 2), build.axis("column", size)]),
  }),
];

/** Cases of every row whose result is a tensor; the type makes a missing one an error. */
export const cases: Readonly<Record<OperationName, readonly MakeCase[]>> = {
  negate: unary(between(-2, 2)),
  exp: unary(between(-2, 2)),
  expm1: unary(between(-1e-3, 1e-3)),
  log: unary(between(0.2, 3)),
  log1p: unary(between(-1e-3, 1e-3)),
  sqrt: unary(between(0.2, 3)),
  sin: unary(between(-4, 4)),
  cos: unary(between(-4, 4)),
  tanh: unary(between(-2, 2)),
  sigmoid: unary(between(-6, 6)),
  log_sigmoid: unary(between(-6, 6)),
  erf: unary(between(-3, 3)),
  abs: unary(awayFromZero),
  sign: unary(awayFromZero),
  floor: unary((random) => Math.floor(8 * random()) - 4 + 0.5),
  not: unaryOf("bool", truth),
  to_real: unaryOf("int", whole(-5, 5)),
  to_int: unaryOf("real", between(-5, 5)),
  stop_gradient: unary(between(-2, 2)),
  add: binary(between(-2, 2)),
  subtract: binary(between(-2, 2)),
  multiply: binary(between(-2, 2)),
  divide: binary(between(-2, 2), awayFromZero),
  power: binary(between(0.3, 2), between(-2, 2)),
  minimum: binary(between(-2, 0.4), (random) => 0.5 + random()),
  maximum: binary(between(-2, 0.4), (random) => 0.5 + random()),
  modulo: binary(
    (random) => 3.25 + 0.5 * random(),
    (random) => 1 + 0.05 * random(),
  ),
  equal: binary(whole(0, 3), whole(0, 3), "int"),
  less: binary(between(-2, 2)),
  less_equal: binary(whole(0, 3), whole(0, 3), "int"),
  and: binary(truth, truth, "bool"),
  or: binary(truth, truth, "bool"),
  select: [
    (build, size) => {
      const [row, column] = [build.axis("row", 3), build.axis("column", size)];
      return {
        operands: [
          { axes: [column], element: "bool", draw: truth },
          real([row, column]),
          real([row]),
        ],
      };
    },
  ],
  sum: reduction(() => between(-2, 2)),
  max: reduction(apart),
  min: reduction(apart),
  log_sum_exp: reduction(() => between(-3, 3)),
  argmax: reduction(apart).slice(0, 1),
  softmax: reduction(() => between(-3, 3)),
  dot: [
    (build, size) => {
      const [m, k, n] = [build.axis("m", 3), build.axis("k", size), build.axis("n", 5)];
      return { operands: [real([m, k]), real([k, n])], attributes: { over: [k] } };
    },
    (build, size) => {
      const [b, m, k] = [build.axis("b", 2), build.axis("m", size), build.axis("k", 4)];
      const [n, l] = [build.axis("n", 3), build.axis("l", 2)];
      return { operands: [real([l, m, b, k]), real([n, k, b, l])], attributes: { over: [k, l] } };
    },
    (build, size) => {
      const [b, k] = [build.axis("b", 3), build.axis("k", size)];
      return { operands: [real([b, k]), real([k, b])], attributes: { over: [k] } };
    },
  ],
  rename: [
    (build, size) => {
      const [row, from, column] = [
        build.axis("row", 3),
        build.axis("from", size),
        build.axis("c", 2),
      ];
      const to = build.axis("to", size, from);
      return { operands: [real([row, from, column])], attributes: { from, to } };
    },
  ],
  expand: [
    (build, size) => {
      const [a, b, c] = [build.axis("a", 2), build.axis("b", size), build.axis("c", 3)];
      return { operands: [real([b])], attributes: { axes: [c, a] } };
    },
  ],
  shift: [2, -1, 0].map(
    (amount): MakeCase =>
      (build, size) => {
        const [row, axis, column] = [
          build.axis("row", 2),
          build.axis("time", size),
          build.axis("c", 3),
        ];
        return { operands: [real([row, axis, column])], attributes: { axis, amount } };
      },
  ),
  part: [
    (build, size) => {
      const [row, axis, column] = [
        build.axis("r", 2),
        build.axis("x", size + 3),
        build.axis("c", 2),
      ];
      const into = build.axis("into", size);
      return { operands: [real([column, axis, row])], attributes: { axis, into, start: 2 } };
    },
  ],
  join: [
    (build, size) => {
      const [row, a, b] = [build.axis("row", 3), build.axis("a", size), build.axis("b", 2)];
      const into = build.axis("into", 2 * size + 2);
      return {
        operands: [real([row, a]), real([b, row]), real([a, row])],
        attributes: { axes: [a, b, a], into },
      };
    },
  ],
  split: [
    (build, size) => {
      const [row, axis] = [build.axis("row", 2), build.axis("x", size * 6)];
      const into = [build.axis("a", 2), build.axis("b", size), build.axis("c", 3)];
      return { operands: [real([axis, row])], attributes: { axis, into } };
    },
  ],
  merge: [
    (build, size) => {
      const axes = [build.axis("a", 2), build.axis("b", size), build.axis("c", 3)];
      const [a, b, c] = axes;
      const [row, into] = [build.axis("row", 2), build.axis("x", size * 6)];
      const order = [c, row, a, b].filter((axis) => axis !== undefined);
      return { operands: [real(order)], attributes: { axes: [...axes].reverse(), into } };
    },
  ],
  item: [],
  take: [
    (build, size) => {
      const [row, axis] = [build.axis("row", 3), build.axis("x", size)];
      return { operands: [real([axis, row])], attributes: { axis, at: size >> 1 } };
    },
  ],
  reverse: [
    (build, size) => {
      const [row, axis, column] = [build.axis("row", 2), build.axis("x", size), build.axis("c", 3)];
      return { operands: [real([row, axis, column])], attributes: { axis } };
    },
  ],
  gather: [
    (build, size) => {
      const [axis, width] = [build.axis("vocabulary", size), build.axis("width", 3)];
      const [batch, time] = [build.axis("batch", 2), build.axis("time", 5)];
      const ids: Operand = { axes: [batch, time], element: "int", draw: whole(0, size) };
      return { operands: [real([axis, width]), ids], attributes: { axis } };
    },
    (build, size) => {
      const [batch, time] = [build.axis("batch", 3), build.axis("time", 4)];
      const [axis, width] = [build.axis("x", size), build.axis("width", 2)];
      const ids: Operand = { axes: [time, batch], element: "int", draw: whole(0, size) };
      return { operands: [real([width, axis, batch]), ids], attributes: { axis } };
    },
  ],
  scatter_add: [
    (build, size) => {
      const [axis, width] = [build.axis("vocabulary", 4), build.axis("width", 3)];
      const [batch, time] = [build.axis("batch", 2), build.axis("time", size)];
      const ids: Operand = { axes: [batch, time], element: "int", draw: whole(0, 4) };
      return {
        operands: [real([batch, width, time]), ids],
        attributes: { axis, keep: [] },
      };
    },
    (build, size) => {
      const [axis, batch, time] = [
        build.axis("x", 4),
        build.axis("batch", 3),
        build.axis("t", size),
      ];
      const ids: Operand = { axes: [batch, time], element: "int", draw: whole(0, 4) };
      return { operands: [real([time, batch]), ids], attributes: { axis, keep: [batch] } };
    },
  ],
  store: [
    (build, size) => {
      const [batch, axis] = [build.axis("batch", 2), build.axis("slot", size + 2)];
      const [from, width] = [build.axis("time", size), build.axis("width", 3)];
      let next = 0;
      // Every row has its own place; the last is outside and not written.
      const draw = () => {
        const place = next % size === size - 1 ? size + 2 : (next % size) + 1;
        next += 1;
        return place;
      };
      const places: Operand = { axes: [batch, from], element: "int", draw };
      return {
        operands: [real([batch, axis, width]), real([batch, from, width]), places],
        attributes: { axis, from },
      };
    },
  ],
  cumulative: [false, true].map(
    (reverse): MakeCase =>
      (build, size) => {
        const [row, axis, column] = [
          build.axis("row", 2),
          build.axis("time", size),
          build.axis("c", 3),
        ];
        return { operands: [real([row, axis, column])], attributes: { axis, reverse } };
      },
  ),
  constant: leaf(() => ({ value: 0.5, element: "real" })),
  table: leaf((axes) => ({
    axes: [...axes].reverse(),
    element: "real",
    values: Float64Array.from(
      { length: axes.reduce((n, axis) => n * axis.size, 1) },
      (_, i) => i / 7,
    ),
  })),
  input: [],
  argument: [],
  index: leaf((axes) => ({ axis: axes[1] ?? axes[0] ?? 0 })),
  size: leaf((axes) => ({ axis: axes[1] ?? axes[0] ?? 0 })),
  random: leaf((axes) => ({ axes: [...axes].reverse(), seed: 7, key: "dropout" })),
  repeat: [],
};

/** A generator of numbers in [0, 1) for tests. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A case made into a graph: inputs of role `data` named `x0`, `x1`, … and the operation on them. */
export interface BuiltCase {
  readonly inputs: readonly Node[];
  readonly values: readonly Float64Array[];
  readonly result: Node;
  readonly attributes: Attributes | undefined;
}

export function buildCase(
  build: GraphBuilder,
  operation: OperationName,
  make: MakeCase,
  size: number,
  seed = size,
): BuiltCase {
  const random = generator(seed);
  const { operands, attributes } = make(build, size);
  const inputs = operands.map((operand, place) =>
    build.input(`x${place}`, "data", operand.axes, operand.element),
  );
  const values = operands.map((operand) => {
    const count = operand.axes.reduce((product, axis) => product * axis.size, 1);
    return Float64Array.from({ length: count }, () => operand.draw(random));
  });
  return { inputs, values, result: build.apply(operation, inputs, attributes), attributes };
}
