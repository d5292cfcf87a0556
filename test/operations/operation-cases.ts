import type { CaseBuilder, OperationCase } from "./case.ts";

/** Every operation of the table, over operands that do and do not share axes. */

type Case = OperationCase;

function unary(name: string, low: number, high: number, tolerance = 2e-6): Case {
  return {
    name,
    tolerance,
    build: (make, n) => make.graph.apply(name, [make.real([make.axis("a", n)], low, high)]),
  };
}

/** Near 0 a function that cancels loses all of its digits; there every value is small. */
function near(name: string, scale: number): Case {
  return {
    name: `${name} near 0 at ${scale}`,
    tolerance: 3e-6,
    build: (make, n) => make.graph.apply(name, [make.real([make.axis("a", n)], -scale, scale)]),
  };
}

/** Operands with axes [a, b] and [b, c]: broadcast both ways. */
function binary(name: string, tolerance = 1e-6, low = -2, high = 2): Case {
  return {
    name,
    tolerance,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      return make.graph.apply(name, [make.real([a, b], low, high), make.real([c, b], low, high)]);
    },
  };
}

function ints(name: string): Case {
  return {
    name: `${name} of ints`,
    tolerance: name === "divide" ? 1e-6 : 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", n), make.axis("b", 3)];
      const one = make.graph.constant(1, "int");
      const divisor = make.graph.apply("add", [make.int([b], 5), one]);
      return make.graph.apply(name, [make.int([a, b], 9), divisor]);
    },
  };
}

function truth(name: string): Case {
  return {
    name,
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", n), make.axis("b", 3)];
      return make.graph.apply(name, [make.bool([a]), make.bool([b, a])]);
    },
  };
}

/** Reductions over the last, the first and both of two axes between others. */
function reductions(name: string, tolerance: number): readonly Case[] {
  return [["b"], ["c"], ["a", "c"], ["a", "b", "c"]].map((over) => ({
    name: `${name} over ${over.join("")}`,
    tolerance,
    build: (make: CaseBuilder, n: number) => {
      const [a, b, c] = [make.axis("a", 2), make.axis("b", n), make.axis("c", 3)];
      const x = make.real([a, b, c], -3, 3);
      return make.graph.apply(name, [x], {
        over: [a, b, c].filter((axis) => over.includes(axis.name)),
      });
    },
  }));
}

const elementWise: readonly Case[] = [
  unary("negate", -2, 2, 0),
  unary("exp", -20, 3),
  unary("expm1", -3, 3),
  unary("log", 1e-3, 4),
  unary("log1p", -0.9, 4),
  unary("sqrt", 0, 4),
  unary("sin", -40, 40),
  unary("cos", -40, 40),
  unary("tanh", -4, 4),
  unary("sigmoid", -9, 9),
  unary("log_sigmoid", -30, 30),
  unary("erf", -3, 3),
  unary("abs", -2, 2, 0),
  unary("sign", -2, 2, 0),
  unary("floor", -9, 9, 0),
  unary("to_int", -9, 9, 0),
  near("expm1", 1e-1),
  near("expm1", 1e-4),
  near("log1p", 1e-1),
  near("log1p", 1e-4),
  near("log1p", 1e-8),
  near("tanh", 1e-2),
  near("tanh", 1e-5),
  near("erf", 1e-4),
  near("sin", 1e-4),
  {
    name: "log_sigmoid of large numbers",
    tolerance: 1e-6,
    build: (make, n) => make.graph.apply("log_sigmoid", [make.real([make.axis("a", n)], 8, 30)]),
  },
  {
    name: "log near 1",
    tolerance: 1e-6,
    build: (make, n) => make.graph.apply("log", [make.real([make.axis("a", n)], 0.999, 1.001)]),
  },
  ...["add", "subtract", "multiply", "minimum", "maximum"].map((name) => binary(name, 2e-7)),
  binary("divide", 1e-6, 0.5, 2),
  binary("power", 3e-6, 0.5, 2),
  binary("modulo", 1e-5, 0.5, 9),
  ...["equal", "less", "less_equal"].map((name) => binary(name, 0)),
  ...["add", "subtract", "multiply", "minimum", "maximum", "modulo", "divide"].map(ints),
  ...["equal", "less", "less_equal"].map(ints),
  truth("and"),
  truth("or"),
  {
    name: "not",
    tolerance: 0,
    build: (make, n) => make.graph.apply("not", [make.bool([make.axis("a", n)])]),
  },
  ...[2, 3, 0.5, -1, -0.5, 1.5].map(
    (exponent): Case => ({
      name: `power ${exponent}`,
      tolerance: 2e-6,
      build: (make, n) =>
        make.graph.apply("power", [
          make.real([make.axis("a", n)], 0.3, 3),
          make.graph.constant(exponent),
        ]),
    }),
  ),
  {
    name: "select",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", n), make.axis("b", 3)];
      return make.graph.apply("select", [make.bool([b]), make.real([a, b]), make.real([a])]);
    },
  },
  {
    name: "select of truth values",
    tolerance: 0,
    build: (make, n) => {
      const a = make.axis("a", n);
      return make.graph.apply("select", [make.bool([a]), make.bool([a]), make.bool([a])]);
    },
  },
  {
    name: "to_real of truth values",
    tolerance: 0,
    build: (make, n) => make.graph.apply("to_real", [make.bool([make.axis("a", n)])]),
  },
  {
    name: "stop_gradient",
    tolerance: 0,
    build: (make, n) => make.graph.apply("stop_gradient", [make.real([make.axis("a", n)])]),
  },
];

const reducing: readonly Case[] = [
  ...reductions("sum", 1e-5),
  ...reductions("max", 0),
  ...reductions("min", 0),
  ...reductions("log_sum_exp", 2e-6),
  ...reductions("softmax", 3e-6),
  {
    name: "argmax with ties",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 4), make.axis("b", n)];
      const x = make.graph.apply("to_real", [make.int([a, b], 4)]);
      return make.graph.apply("argmax", [x], { over: [b] });
    },
  },
  {
    name: "sum of truth values",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 4), make.axis("b", n)];
      return make.graph.apply("sum", [make.bool([a, b])], { over: [b] });
    },
  },
  ...["softmax", "log_sum_exp", "max"].map(
    (name): Case => ({
      name: `${name} of masked rows`,
      tolerance: 2e-6,
      build: (make, n) => {
        const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
        // The mask of row 0 is empty; that of others begins somewhere.
        const row = make.given([a], [0, 1, 2], "int");
        const mask = make.graph.apply("less", [make.graph.index(b), row]);
        const x = make.real([c, a, b]);
        const hidden = make.graph.constant(Number.NEGATIVE_INFINITY);
        const masked = make.graph.apply("select", [mask, x, hidden]);
        return make.graph.apply(name, [masked], { over: [b] });
      },
    }),
  ),
  {
    name: "softmax of hidden entries is exactly 0",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      const hidden = make.graph.constant(Number.NEGATIVE_INFINITY);
      const masked = make.graph.apply("select", [make.bool([a, b]), make.real([a, b]), hidden]);
      const mixed = make.graph.apply("softmax", [masked], { over: [b] });
      return make.graph.apply("equal", [mixed, make.graph.constant(0)]);
    },
  },
  {
    name: "softmax of rows masked twice",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      const hidden = make.graph.constant(Number.NEGATIVE_INFINITY);
      const once = make.graph.apply("select", [make.bool([b]), make.real([a, b]), hidden]);
      const twice = make.graph.apply("select", [make.bool([a, b]), once, hidden]);
      return make.graph.apply("softmax", [twice], { over: [b] });
    },
  },
];

const contracting: readonly Case[] = [
  {
    name: "dot of matrices",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 5)];
      return make.graph.apply("dot", [make.real([a, b]), make.real([b, c])], { over: [b] });
    },
  },
  {
    name: "dot of transposed matrices",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", n), make.axis("b", 4), make.axis("c", 5)];
      return make.graph.apply("dot", [make.real([b, a]), make.real([c, b])], { over: [b] });
    },
  },
  {
    name: "dot over two axes in different orders",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b, c, d] = [
        make.axis("a", 3),
        make.axis("b", n),
        make.axis("c", 2),
        make.axis("d", 5),
      ];
      return make.graph.apply("dot", [make.real([b, a, c]), make.real([c, d, b])], {
        over: [b, c],
      });
    },
  },
  {
    name: "dot with batches as in attention",
    tolerance: 2e-6,
    build: (make, n) => {
      const [batch, time, kv, group, head] = [
        make.axis("batch", 2),
        make.axis("time", n),
        make.axis("kv", 2),
        make.axis("group", 3),
        make.axis("head", 4),
      ];
      const source = make.axis("source", n);
      const query = make.real([batch, time, kv, group, head]);
      const key = make.real([batch, source, kv, head]);
      const scores = make.graph.apply("dot", [query, key], { over: [head] });
      const value = make.real([batch, source, kv, head]);
      return make.graph.apply("dot", [scores, value], { over: [source] });
    },
  },
  {
    name: "dot of equal axes",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("dot", [make.real([a, b]), make.real([b, a])], { over: [b] });
    },
  },
  {
    name: "dot to one number",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("dot", [make.real([a, b]), make.real([b, a])], { over: [a, b] });
    },
  },
  {
    name: "dot over an axis of one side",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      return make.graph.apply("dot", [make.real([a, b]), make.real([b, c])], { over: [b, c] });
    },
  },
  {
    name: "dot of expanded operands",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      const wide = make.graph.expanded(make.real([a]), [b]);
      return make.graph.apply("dot", [wide, make.graph.expanded(make.real([c]), [b])], {
        over: [b],
      });
    },
  },
];

const viewing: readonly Case[] = [
  {
    name: "rename and compare with itself",
    tolerance: 0,
    build: (make, n) => {
      const time = make.axis("time", n);
      const source = make.graph.axis("source", n, time);
      const x = make.int([time], 3);
      const copy = make.graph.apply("rename", [x], { from: time, to: source });
      return make.graph.apply("equal", [x, copy]);
    },
  },
  {
    name: "expand",
    tolerance: 0,
    build: (make, n) => make.graph.expanded(make.real([make.axis("a", 3)]), [make.axis("b", n)]),
  },
  ...[-2, -1, 0, 1, 2, 5, 200].map(
    (amount): Case => ({
      name: `shift ${amount}`,
      tolerance: 0,
      build: (make, n) => {
        const [a, b] = [make.axis("a", 3), make.axis("b", n)];
        return make.graph.apply("shift", [make.real([b, a])], { axis: b, amount });
      },
    }),
  ),
  {
    name: "shift of ints",
    tolerance: 0,
    build: (make, n) => {
      const b = make.axis("b", n);
      return make.graph.apply("shift", [make.int([b], 9)], { axis: b, amount: 1 });
    },
  },
  {
    name: "shift of an expanded value",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      const wide = make.graph.expanded(make.real([a]), [b]);
      return make.graph.apply("shift", [wide], { axis: b, amount: 1 });
    },
  },
  {
    name: "part",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n + 3)];
      const into = make.axis("into", n);
      return make.graph.apply("part", [make.real([b, a])], { axis: b, into, start: 2 });
    },
  },
  {
    name: "take",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("take", [make.real([a, b])], { axis: b, at: n - 1 });
    },
  },
  {
    name: "reverse",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("reverse", [make.real([a, b])], { axis: b });
    },
  },
  {
    name: "join",
    tolerance: 0,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      const into = make.axis("into", n + 2);
      return make.graph.apply("join", [make.real([b, a]), make.real([a, c])], {
        axes: [b, c],
        into,
      });
    },
  },
  {
    name: "join of expanded operands",
    tolerance: 0,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      const into = make.axis("into", n + 2);
      const wide = make.graph.expanded(make.real([a]), [b]);
      return make.graph.apply("join", [wide, make.real([a, c])], { axes: [b, c], into });
    },
  },
  {
    name: "split",
    tolerance: 0,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", 2 * n)];
      const into = [make.axis("c", n), make.axis("d", 2)];
      return make.graph.apply("split", [make.real([b, a])], { axis: b, into });
    },
  },
  {
    name: "merge of axes that are apart",
    tolerance: 0,
    build: (make, n) => {
      const [a, b, c] = [make.axis("a", 3), make.axis("b", n), make.axis("c", 2)];
      const into = make.axis("into", 2 * n);
      return make.graph.apply("merge", [make.real([c, a, b])], { axes: [b, c], into });
    },
  },
  {
    name: "table",
    tolerance: 2e-7,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      const values = Float64Array.from({ length: 3 * n }, (_, index) => index / 4);
      return make.graph.apply("add", [make.graph.table(values, [b, a]), make.real([a, b])]);
    },
  },
  {
    name: "cumulative",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("cumulative", [make.real([a, b])], { axis: b, reverse: false });
    },
  },
  {
    name: "cumulative in reverse",
    tolerance: 2e-6,
    build: (make, n) => {
      const [a, b] = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("cumulative", [make.int([b, a], 9)], { axis: b, reverse: true });
    },
  },
];

const byNumber: readonly Case[] = [
  {
    name: "gather of rows",
    tolerance: 0,
    build: (make, n) => {
      const [row, wide, batch, time] = [
        make.axis("row", n),
        make.axis("wide", 5),
        make.axis("batch", 2),
        make.axis("time", 3),
      ];
      const ids = make.int([batch, time], n);
      return make.graph.apply("gather", [make.real([row, wide]), ids], { axis: row });
    },
  },
  {
    name: "gather with shared axes",
    tolerance: 0,
    build: (make, n) => {
      const [row, batch, time] = [make.axis("row", n), make.axis("batch", 2), make.axis("time", 3)];
      const ids = make.int([batch, time], n);
      return make.graph.apply("gather", [make.real([batch, time, row]), ids], { axis: row });
    },
  },
  {
    name: "gather with some shared axes",
    tolerance: 0,
    build: (make, n) => {
      const [row, batch, time] = [make.axis("row", n), make.axis("batch", 2), make.axis("time", 3)];
      const wide = make.axis("wide", 4);
      const ids = make.int([time, batch], n);
      return make.graph.apply("gather", [make.real([wide, row, batch]), ids], { axis: row });
    },
  },
  {
    name: "scatter_add of rows",
    tolerance: 2e-6,
    build: (make, n) => {
      const [row, wide, batch, time] = [
        make.axis("row", 3),
        make.axis("wide", 5),
        make.axis("batch", 2),
        make.axis("time", n),
      ];
      const ids = make.int([batch, time], 3);
      const values = make.real([batch, time, wide]);
      return make.graph.apply("scatter_add", [values, ids], { axis: row, keep: [] });
    },
  },
  {
    name: "scatter_add that keeps an axis",
    tolerance: 2e-6,
    build: (make, n) => {
      const [row, wide, batch, time] = [
        make.axis("row", 3),
        make.axis("wide", 5),
        make.axis("batch", 2),
        make.axis("time", n),
      ];
      const ids = make.int([batch, time], 3);
      const values = make.real([wide, time, batch]);
      return make.graph.apply("scatter_add", [values, ids], { axis: row, keep: [batch] });
    },
  },
  {
    name: "scatter_add that keeps all",
    tolerance: 0,
    build: (make, n) => {
      const [row, batch, time] = [make.axis("row", n), make.axis("batch", 2), make.axis("time", 3)];
      const ids = make.int([batch, time], n);
      return make.graph.apply("scatter_add", [make.real([time, batch]), ids], {
        axis: row,
        keep: [batch, time],
      });
    },
  },
  {
    name: "scatter_add of numbers",
    tolerance: 2e-6,
    build: (make, n) => {
      const [row, time] = [make.axis("row", 4), make.axis("time", n)];
      const ids = make.int([time], 4);
      return make.graph.apply("scatter_add", [make.real([time]), ids], { axis: row, keep: [] });
    },
  },
];

/** Rows written at places given by number, of which some are outside. */
function storing(name: string, rows: number, batched: boolean): Case {
  return {
    name,
    tolerance: 0,
    build: (make, n) => {
      const [slot, batch, wide] = [
        make.axis("slot", n),
        make.axis("batch", 2),
        make.axis("wide", 3),
      ];
      const from = make.axis("from", rows);
      const first = make.int(batched ? [batch] : [], n);
      const places = make.graph.apply("add", [make.graph.index(from), first]);
      const buffer = make.real([batch, slot, wide]);
      return make.graph.apply("store", [buffer, make.real([batch, from, wide]), places], {
        axis: slot,
        from,
      });
    },
  };
}

const writing: readonly Case[] = [
  {
    name: "one-hot added to a dense value, some ids outside",
    tolerance: 2e-6,
    build: (make, n) => {
      const [row, batch, time] = [make.axis("row", n), make.axis("batch", 2), make.axis("time", 3)];
      const ids = make.graph.apply("add", [
        make.int([time, batch], n + 2),
        make.graph.constant(-1, "int"),
      ]);
      const hit = make.graph.apply("equal", [make.graph.index(row), ids]);
      const value = make.real([batch, time]);
      const hot = make.graph.apply("select", [hit, value, make.graph.constant(0)]);
      return make.graph.apply("add", [make.real([row, batch, time]), hot]);
    },
  },
  {
    name: "scatter_add added to a dense value",
    tolerance: 2e-6,
    build: (make, n) => {
      const [row, wide, time] = [make.axis("row", 3), make.axis("wide", 5), make.axis("time", n)];
      const values = make.real([wide, time]);
      const ids = make.int([time], 3);
      const scattered = make.graph.apply("scatter_add", [values, ids], { axis: row, keep: [] });
      return make.graph.apply("add", [make.real([wide, row]), scattered]);
    },
  },
  storing("store of one row", 1, false),
  storing("store of one row a batch", 1, true),
  storing("store of three rows a batch", 3, true),
  {
    name: "random",
    tolerance: 0,
    build: (make, n) => {
      const axes = [make.axis("a", 3), make.axis("b", n)];
      return make.graph.apply("random", [], { axes, seed: 7, key: "test" });
    },
  },
];

export const operationCases: readonly OperationCase[] = [
  ...elementWise,
  ...reducing,
  ...contracting,
  ...viewing,
  ...byNumber,
  ...writing,
];

/** Sizes around powers of two, where tiles and vectors end. */
export const caseSizes: readonly number[] = [1, 2, 3, 7, 8, 9, 63, 64, 65, 127];
