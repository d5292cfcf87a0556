import { InternalError, invariant } from "../../../program/invariant.ts";
import {
  type CallName,
  childrenOf,
  type Expression,
  type Variable,
} from "../../kernels/expression.ts";
import type { BoundOperands } from "./bindings.ts";
import { functionName } from "./functions.ts";

/** Where lines of a shader go: 0 is outside of the inner loops, 1 inside. */
export interface Scope {
  readonly lines: string[];
  readonly names: Map<Expression, string>;
}

/** Prints expressions as WGSL; each is computed once, in the outermost scope that can. */
export interface Printer {
  readonly functions: ReadonlySet<string>;
  /** Opens the scope of the inner loops; `running` accumulators change in there. */
  enter(running: ReadonlySet<number>): Scope;
  leave(): void;
  outer: Scope;
  value(expression: Expression): string;
  isVector(expression: Expression): boolean;
  /** A statement that stores the value at the index. */
  store(operand: number, index: Expression, value: Expression): string;
  vectorSlots: ReadonlySet<number>;
}

export interface PrinterOptions {
  readonly bound: BoundOperands;
  /** Counters of inner loops. */
  readonly inner: readonly Variable[];
  /** The counter that moves four entries at a time. */
  readonly vector: Variable | undefined;
  /** Operands that are read or written four words at a time; decides how their slots are declared. */
  readonly vectorOperands: ReadonlySet<number>;
}

const infix: Partial<Record<CallName, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
  equal: "==",
  less: "<",
  less_equal: "<=",
  and: "&",
  or: "|",
  quotient: "/",
  remainder: "%",
};

const builtin: Partial<Record<CallName, string>> = {
  minimum: "min",
  maximum: "max",
  sqrt: "sqrt",
  abs: "abs",
  sign: "sign",
  floor: "floor",
};

const accurate = new Set<CallName>([
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "log_sigmoid",
  "erf",
  "power",
]);

export function createPrinter(options: PrinterOptions): Printer {
  const { bound, vector } = options;
  const innerNames = new Set(options.inner.map((variable) => variable.name));
  const functions = new Set<string>();
  const outer: Scope = { lines: [], names: new Map() };
  let deep: Scope | undefined;
  let running: ReadonlySet<number> = new Set();
  const vectorKnown = new Map<Expression, boolean>();
  const vectorSlots = new Set(
    [...options.vectorOperands].map((operand) => bound.operands[operand]?.slot ?? 0),
  );
  let counter = 0;

  function isVector(expression: Expression): boolean {
    if (vector === undefined) return false;
    const known = vectorKnown.get(expression);
    if (known !== undefined) return known;
    const result =
      expression.kind === "variable"
        ? expression.variable === vector
        : expression.kind === "accumulator"
          ? false
          : childrenOf(expression).some(isVector);
    vectorKnown.set(expression, result);
    return result;
  }

  const depthKnown = new Map<Expression, boolean>();
  function isDeep(expression: Expression): boolean {
    if (deep === undefined) return false;
    const known = depthKnown.get(expression);
    if (known !== undefined) return known;
    const result =
      expression.kind === "variable"
        ? innerNames.has(expression.variable.name)
        : expression.kind === "accumulator"
          ? running.has(expression.index)
          : childrenOf(expression).some(isDeep);
    depthKnown.set(expression, result);
    return result;
  }

  function value(expression: Expression): string {
    switch (expression.kind) {
      case "number":
        return literal(expression.value, expression.element);
      case "variable":
        return expression.variable.name;
      case "accumulator":
        return `acc${expression.index}`;
      default:
        break;
    }
    const scope = deep !== undefined && isDeep(expression) ? deep : outer;
    const known = scope.names.get(expression);
    if (known !== undefined) return known;
    const text = compute(expression);
    const name = `v${counter}`;
    counter += 1;
    scope.lines.push(`let ${name} = ${text};`);
    scope.names.set(expression, name);
    return name;
  }

  function compute(expression: Expression): string {
    switch (expression.kind) {
      case "linear": {
        const parts = expression.terms.map(({ atom, factor }) => {
          const text = value(atom);
          return factor === 1 ? text : `${text} * ${whole(factor)}`;
        });
        if (expression.constant !== 0) parts.push(whole(expression.constant));
        return parts.join(" + ");
      }
      case "load":
        return load(expression.operand, expression.index, isVector(expression), expression.element);
      case "call":
        return call(expression);
      default:
        throw new InternalError("leaves are printed in place");
    }
  }

  function slotOf(operand: number) {
    const at = bound.operands[operand];
    invariant(at !== undefined, "an operand that is not bound");
    const slot = bound.slots[at.slot];
    invariant(slot !== undefined, "an operand without a slot");
    return { slot: at.slot, words: slot.words };
  }

  function element(operand: number, index: Expression, fours: boolean): string {
    const { slot } = slotOf(operand);
    const place = `base${operand} + ${value(index)}`;
    if (!vectorSlots.has(slot)) return `slot${slot}[${place}]`;
    if (fours) return `slot${slot}[(${place}) >> 2u]`;
    return `slot${slot}[(${place}) >> 2u][(${place}) & 3]`;
  }

  function load(operand: number, index: Expression, fours: boolean, kind: Expression["element"]) {
    const { words } = slotOf(operand);
    const text = element(operand, index, fours);
    const wanted = kind === "real" ? "f32" : "i32";
    const type = fours ? `vec4<${wanted}>` : wanted;
    const typed = words === "bits" ? `bitcast<${type}>(${text})` : text;
    return kind === "bool" ? `${typed} != ${type}(0)` : typed;
  }

  function store(operand: number, index: Expression, what: Expression): string {
    const fours = isVector(index);
    const { words } = slotOf(operand);
    const target = element(operand, index, fours);
    let text = value(what);
    if (fours && !isVector(what)) text = splat(text, what.element);
    if (what.element === "bool")
      text = fours ? `select(vec4<i32>(0), vec4<i32>(1), ${text})` : `select(0, 1, ${text})`;
    if (words === "bits") text = `bitcast<${fours ? "vec4<u32>" : "u32"}>(${text})`;
    return `${target} = ${text};`;
  }

  function splat(text: string, kind: Expression["element"]): string {
    return `vec4<${kind === "real" ? "f32" : kind === "int" ? "i32" : "bool"}>(${text})`;
  }

  function call(expression: Expression & { readonly kind: "call" }): string {
    const { name } = expression;
    const fours = isVector(expression);
    const operands = expression.arguments.map((operand) => {
      const text = value(operand);
      return fours && !isVector(operand) ? splat(text, operand.element) : text;
    });
    const [a = "", b = "", c = ""] = operands;
    const kind = expression.arguments[0]?.element ?? "real";
    const real = fours ? "vec4<f32>" : "f32";
    const int = fours ? "vec4<i32>" : "i32";
    if (accurate.has(name)) return `${own(`${name}_`, fours)}(${operands.join(", ")})`;
    switch (name) {
      case "negate":
        return `-${a}`;
      case "not":
        return `!${a}`;
      case "select":
        return `select(${c}, ${b}, ${a})`;
      case "to_real":
        return `${real}(${a})`;
      case "to_int":
        return `${int}(${a})`;
      case "uniform":
        return `${own("uniform_", fours)}(${a}, ${b})`;
      case "divide":
        return kind === "int" ? `${real}(${a}) / ${real}(${b})` : `${a} / ${b}`;
      case "modulo":
        return kind === "int"
          ? `${own("whole_modulo_", fours)}(${a}, ${b})`
          : `${own("modulo_", fours)}(${a}, ${b})`;
      default:
        break;
    }
    if (name === "floor" && kind === "int") return a;
    const sign = infix[name];
    if (sign !== undefined) return `${a} ${sign} ${b}`;
    const known = builtin[name];
    invariant(known !== undefined, `no WGSL for ${name}`);
    return `${known}(${operands.join(", ")})`;
  }

  function own(name: string, fours: boolean): string {
    const full = functionName(name, fours);
    functions.add(full);
    return full;
  }

  return {
    functions,
    outer,
    vectorSlots,
    isVector,
    value,
    store,
    enter(changing) {
      running = changing;
      depthKnown.clear();
      deep = { lines: [], names: new Map() };
      return deep;
    },
    leave() {
      deep = undefined;
    },
  };
}

/** A number as WGSL; infinities and NaN come from a uniform, since WGSL has no literal for them. */
export function literal(number: number, element: Expression["element"]): string {
  if (element === "bool") return number !== 0 ? "true" : "false";
  if (element === "int") return whole(number);
  const single = Math.fround(number);
  if (Number.isNaN(single)) return "bitcast<f32>(sizes.infinity | 0x400000)";
  if (single === Number.POSITIVE_INFINITY) return "bitcast<f32>(sizes.infinity)";
  if (single === Number.NEGATIVE_INFINITY) return "(-bitcast<f32>(sizes.infinity))";
  return single < 0 || Object.is(single, -0) ? `(-${-single}f)` : `${single}f`;
}

function whole(number: number): string {
  // The smallest integer has no literal of its own.
  if (number === -2147483648) return "(-2147483647 - 1)";
  return number < 0 ? `(${number})` : String(number);
}
