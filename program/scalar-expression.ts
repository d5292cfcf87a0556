import { invariant } from "./invariant.ts";

/** Arithmetic on f64 numbers that the host does at each run: learning rates, bias corrections. */
export type ScalarExpression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly name: string }
  | {
      readonly kind: "call";
      readonly function: ScalarFunctionName;
      readonly arguments: readonly ScalarExpression[];
    };

type Evaluate = (a: number, b: number, c: number) => number;

const functions = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negate: (a) => -a,
  power: (a, b) => a ** b,
  modulo: (a, b) => a - Math.floor(a / b) * b,
  minimum: (a, b) => Math.min(a, b),
  maximum: (a, b) => Math.max(a, b),
  exp: (a) => Math.exp(a),
  expm1: (a) => Math.expm1(a),
  log: (a) => Math.log(a),
  log1p: (a) => Math.log1p(a),
  sqrt: (a) => Math.sqrt(a),
  sin: (a) => Math.sin(a),
  cos: (a) => Math.cos(a),
  tanh: (a) => Math.tanh(a),
  abs: (a) => Math.abs(a),
  sign: (a) => Math.sign(a),
  floor: (a) => Math.floor(a),
  equal: (a, b) => (a === b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
  less_equal: (a, b) => (a <= b ? 1 : 0),
  and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
  not: (a) => (a === 0 ? 1 : 0),
  select: (a, b, c) => (a !== 0 ? b : c),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  to_real: (a) => a,
  to_int: (a) => Math.trunc(a),
} as const satisfies Record<string, Evaluate>;

export type ScalarFunctionName = keyof typeof functions;

export function isScalarFunction(name: string): name is ScalarFunctionName {
  return Object.hasOwn(functions, name);
}

/** Value of the expression for the given variables; every variable must be given. */
export function evaluateScalar(
  expression: ScalarExpression,
  variables: Readonly<Record<string, number>>,
): number {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "variable": {
      const value = variables[expression.name];
      invariant(value !== undefined, `no value for the scalar ${expression.name}`);
      return value;
    }
    case "call": {
      const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = expression.arguments.map(
        (argument) => evaluateScalar(argument, variables),
      );
      const evaluate: Evaluate = functions[expression.function];
      return evaluate(a, b, c);
    }
  }
}
