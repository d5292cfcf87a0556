import type { ScalarFunction } from "../operations/row.ts";
import type { Element } from "../operations/tensor.ts";

/** A loop's counter: 0 ≤ value < size. */
export interface Variable {
  readonly name: string;
  readonly size: number;
}

/**
 * Beside the functions of the table: division of indices, where neither side is negative, and the
 * random number of a state at an index.
 */
export type CallName = ScalarFunction | "quotient" | "remainder" | "uniform";

/**
 * What a kernel computes for one entry. Interned by its `Expressions`: equal expressions are one
 * object. Integers are kept as sums of multiples so that index arithmetic has one normal form.
 */
export type Expression = { readonly id: number; readonly element: Element } & (
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "linear"; readonly constant: number; readonly terms: readonly Term[] }
  | { readonly kind: "load"; readonly operand: number; readonly index: Expression }
  | { readonly kind: "call"; readonly name: CallName; readonly arguments: readonly Expression[] }
  | { readonly kind: "accumulator"; readonly index: number }
);

/** `atom` is an integer expression that is neither a number nor linear. */
export interface Term {
  readonly atom: Expression;
  readonly factor: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Makes and interns the expressions of one kernel. */
export interface Expressions {
  number(value: number, element?: Element): Expression;
  variable(variable: Variable): Expression;
  load(operand: number, index: Expression, element: Element): Expression;
  call(name: CallName, operands: readonly Expression[], element: Element): Expression;
  accumulator(index: number, element: Element): Expression;
  /** Integer arithmetic. */
  add(left: Expression, right: Expression): Expression;
  scale(operand: Expression, factor: number): Expression;
  quotient(operand: Expression, divisor: number): Expression;
  remainder(operand: Expression, divisor: number): Expression;
  clamp(operand: Expression, low: number, high: number): Expression;
  and(conditions: readonly Expression[]): Expression;
  lessThan(operand: Expression, bound: number): Expression;
  atLeast(operand: Expression, bound: number): Expression;
}

type Draft = Expression extends infer E ? (E extends Expression ? Omit<E, "id"> : never) : never;

export function createExpressions(): Expressions {
  const known = new Map<string, Expression>();

  function intern(key: string, draft: Draft): Expression {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made: Expression = { ...draft, id: known.size };
    known.set(key, made);
    return made;
  }

  function number(value: number, element: Element = "real"): Expression {
    const key = Object.is(value, -0) ? "-0" : String(value);
    return intern(`n${element}${key}`, { kind: "number", element, value });
  }

  function linear(constant: number, terms: readonly Term[]): Expression {
    const present = terms.filter((term) => term.factor !== 0);
    const [first] = present;
    if (first === undefined) return number(constant, "int");
    if (present.length === 1 && constant === 0 && first.factor === 1) return first.atom;
    const sorted = [...present].sort((a, b) => a.atom.id - b.atom.id);
    const key = sorted.map((term) => `${term.factor}*${term.atom.id}`).join("+");
    return intern(`s${constant}+${key}`, {
      kind: "linear",
      element: "int",
      constant,
      terms: sorted,
    });
  }

  function add(left: Expression, right: Expression): Expression {
    const a = linearForm(left);
    const b = linearForm(right);
    const factors = new Map<Expression, number>();
    for (const term of [...a.terms, ...b.terms]) {
      factors.set(term.atom, (factors.get(term.atom) ?? 0) + term.factor);
    }
    const terms = [...factors].map(([atom, factor]) => ({ atom, factor }));
    return linear(a.constant + b.constant, terms);
  }

  function scale(operand: Expression, factor: number): Expression {
    const form = linearForm(operand);
    const terms = form.terms.map((term) => ({ atom: term.atom, factor: term.factor * factor }));
    return linear(form.constant * factor, terms);
  }

  /** Parts that the divisor divides, and the rest, which is left alone. */
  function divide(operand: Expression, divisor: number) {
    const form = linearForm(operand);
    const whole = form.terms.filter((term) => term.factor % divisor === 0);
    const wholeConstant = Math.floor(form.constant / divisor);
    const rest = linear(
      form.constant - wholeConstant * divisor,
      form.terms.filter((term) => term.factor % divisor !== 0),
    );
    const quotient = linear(
      wholeConstant,
      whole.map((term) => ({ atom: term.atom, factor: term.factor / divisor })),
    );
    return { quotient, rest };
  }

  function call(name: CallName, operands: readonly Expression[], element: Element): Expression {
    if (element === "int") {
      const [a, b] = operands;
      if (name === "add" && a !== undefined && b !== undefined) return add(a, b);
      if (name === "subtract" && a !== undefined && b !== undefined) return add(a, scale(b, -1));
      if (name === "negate" && a !== undefined) return scale(a, -1);
      if (name === "multiply" && a?.kind === "number" && b !== undefined) return scale(b, a.value);
      if (name === "multiply" && b?.kind === "number" && a !== undefined) return scale(a, b.value);
    }
    const key = `c${element}${name}(${operands.map((operand) => operand.id).join()})`;
    return intern(key, { kind: "call", element, name, arguments: operands });
  }

  return {
    number,
    variable: (variable) =>
      variable.size === 1
        ? number(0, "int")
        : intern(`v${variable.name}`, { kind: "variable", element: "int", variable }),
    load: (operand, index, element) =>
      intern(`l${operand}[${index.id}]`, { kind: "load", element, operand, index }),
    call,
    accumulator: (index, element) => intern(`a${index}`, { kind: "accumulator", element, index }),
    add,
    scale,
    quotient(operand, divisor) {
      if (divisor === 1) return operand;
      const { quotient, rest } = divide(operand, divisor);
      const range = rangeOf(rest);
      if (range.low >= 0 && range.high < divisor) return quotient;
      return add(quotient, call("quotient", [rest, number(divisor, "int")], "int"));
    },
    remainder(operand, divisor) {
      if (divisor === 1) return number(0, "int");
      const { rest } = divide(operand, divisor);
      const range = rangeOf(rest);
      if (range.low >= 0 && range.high < divisor) return rest;
      return call("remainder", [rest, number(divisor, "int")], "int");
    },
    clamp(operand, low, high) {
      const range = rangeOf(operand);
      const raised =
        range.low >= low ? operand : call("maximum", [operand, number(low, "int")], "int");
      return range.high <= high ? raised : call("minimum", [raised, number(high, "int")], "int");
    },
    and(conditions) {
      const open = conditions.filter((one) => !(one.kind === "number" && one.value === 1));
      const [first, ...others] = open;
      if (first === undefined) return number(1, "bool");
      return others.reduce((all, one) => call("and", [all, one], "bool"), first);
    },
    lessThan(operand, bound) {
      const range = rangeOf(operand);
      if (range.high < bound) return number(1, "bool");
      if (range.low >= bound) return number(0, "bool");
      return call("less", [operand, number(bound, "int")], "bool");
    },
    atLeast(operand, bound) {
      const range = rangeOf(operand);
      if (range.low >= bound) return number(1, "bool");
      if (range.high < bound) return number(0, "bool");
      return call("less_equal", [number(bound, "int"), operand], "bool");
    },
  };
}

/** An integer expression as constant + Σ factor · atom. */
export function linearForm(operand: Expression): {
  readonly constant: number;
  readonly terms: readonly Term[];
} {
  if (operand.kind === "number") return { constant: operand.value, terms: [] };
  if (operand.kind === "linear") return operand;
  return { constant: 0, terms: [{ atom: operand, factor: 1 }] };
}

const unbounded: Range = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Bounds of an integer expression. */
export function rangeOf(expression: Expression): Range {
  switch (expression.kind) {
    case "number":
      return { low: expression.value, high: expression.value };
    case "variable":
      return { low: 0, high: expression.variable.size - 1 };
    case "linear": {
      let { low, high } = { low: expression.constant, high: expression.constant };
      for (const term of expression.terms) {
        const range = rangeOf(term.atom);
        const [a, b] = [range.low * term.factor, range.high * term.factor];
        low += Math.min(a, b);
        high += Math.max(a, b);
      }
      return { low, high };
    }
    case "call":
      return rangeOfCall(expression.name, expression.arguments);
    default:
      return unbounded;
  }
}

function rangeOfCall(name: CallName, operands: readonly Expression[]): Range {
  const [a = unbounded, b = unbounded] = operands.map(rangeOf);
  switch (name) {
    case "remainder":
      return { low: 0, high: b.high - 1 };
    case "quotient":
      return { low: 0, high: Math.floor(a.high / b.low) };
    case "minimum":
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) };
    case "maximum":
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) };
    default:
      return unbounded;
  }
}

/** What an expression is made of. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "linear":
      return expression.terms.map((term) => term.atom);
    case "load":
      return [expression.index];
    case "call":
      return expression.arguments;
    default:
      return [];
  }
}

/** All expressions below the roots, each once, before what is made of it. */
export function below(roots: readonly Expression[]): readonly Expression[] {
  const seen = new Set<Expression>();
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    for (const child of childrenOf(expression)) visit(child);
    seen.add(expression);
  };
  for (const root of roots) visit(root);
  return [...seen];
}
