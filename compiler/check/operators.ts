import type { BinaryNode, Expression } from "../../grammar/tree.ts";
import {
  dimensionAsNumber,
  notContained,
  sizeClash,
  sumOutsideDim,
} from "../../program/diagnostics/catalogue/dimensions.ts";
import {
  badOperands,
  maybeNone,
  mismatch,
  unwantedUnit,
} from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import {
  clash,
  contains,
  type Dimension,
  type Dimensions,
  isEmpty,
  union,
  without,
} from "./dimensions.ts";
import { quantities, sameUnit } from "./quantities.ts";
import type { Scope } from "./scope.ts";
import {
  addSizes,
  constantOf,
  constantSize,
  divideSizes,
  multiplySizes,
  type Size,
  UNKNOWN_SIZE,
} from "./sizes.ts";
import {
  BOOL,
  CHECKPOINT,
  DELTA,
  describe,
  type Element,
  either,
  INT,
  isScalar,
  isSilent,
  LOSS,
  list,
  mayBeNone,
  TEXT,
  type TensorType,
  type Type,
  tensor,
  UNKNOWN,
  withoutNone,
} from "./types.ts";

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "^"]);

const ORDER: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);

export function inferUnary(
  checker: Checker,
  node: Extract<Expression, { kind: "unary" }>,
  scope: Scope,
): Type {
  const value = opened(checker, checker.infer(node.value, scope), node.value, node.operator, scope);
  if (isSilent(value) || value.kind === "variable" || value.kind === "union") return UNKNOWN;
  if (value.kind === "tensor") {
    const isBool = value.element === "bool";
    if (node.operator === "not" && isBool) return value;
    if (node.operator === "-" && !isBool) {
      const size = value.value;
      return {
        ...value,
        value: size === undefined ? undefined : addSizes(constantSize(0), size, -1),
      };
    }
  } else if (node.operator === "-") {
    if (value.kind === "count" || isNamed(value, "Loss") || isNamed(value, "Delta")) return value;
    if (value.kind === "dimension") {
      reportDimension(checker, value, node.value, scope);
      return UNKNOWN;
    }
  }
  checker.report.add(badOperands, scope.module, node.span, {
    operator: node.operator,
    left: describe(value),
    right: "",
    help: undefined,
  });
  return UNKNOWN;
}

export function inferBinary(
  checker: Checker,
  node: BinaryNode,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const { operator } = node;
  if (operator === "~") return inferInitialised(checker, node, scope);
  if (operator === "??") {
    const left = checker.infer(node.left, scope);
    const right = checker.infer(node.right, scope, expected);
    return either(withoutNone(left), right, true);
  }
  const first = checker.infer(node.left, scope);
  const second = checker.infer(node.right, scope);
  if (operator === "..") {
    for (const [type, side] of [
      [first, node.left],
      [second, node.right],
    ] as const) {
      if (isSilent(type) || (isScalar(type) && type.element === "int")) continue;
      if (type.kind === "dimension") reportDimension(checker, type, side, scope);
      else {
        checker.report.add(mismatch, scope.module, side.span, {
          what: "the range",
          expected: "Int",
          found: describe(type),
          help: undefined,
        });
      }
    }
    return list(INT);
  }
  if (operator === "==" || operator === "!=") {
    return inferEquality(checker, node, first, second, scope);
  }
  const left = opened(checker, first, node.left, operator, scope);
  const right = opened(checker, second, node.right, operator, scope);
  if (isOpen(left) || isOpen(right)) return UNKNOWN;
  if (left.kind === "tensor" && right.kind === "tensor") {
    return tensors(checker, node, left, right, scope);
  }
  const special = ARITHMETIC.has(operator)
    ? inferArithmetic(checker, node, left, right, scope)
    : inferOrder(checker, node, left, right, scope);
  if (special !== undefined) return special;
  checker.report.add(badOperands, scope.module, node.span, {
    operator,
    left: describe(left),
    right: describe(right),
    help: adviceFor(operator, left, right),
  });
  return UNKNOWN;
}

function isOpen(type: Type): boolean {
  return isSilent(type) || type.kind === "variable" || type.kind === "union";
}

function isNamed(type: Type, name: string): boolean {
  return type.kind === "named" && type.name === name;
}

function isWhole(type: Type): boolean {
  return type.kind === "model" || isNamed(type, "Checkpoint");
}

/** The value itself where a recipe decides whether there is one; else says that it may be none. */
function opened(
  checker: Checker,
  type: Type,
  node: Expression,
  operator: string,
  scope: Scope,
): Type {
  if (!mayBeNone(type)) return type;
  if (type.kind === "union" && type.decided) return withoutNone(type);
  checker.report.add(maybeNone, scope.module, node.span, {
    found: describe(type),
    use: `\`${operator}\``,
  });
  return UNKNOWN;
}

function reportDimension(checker: Checker, type: Type, node: Expression, scope: Scope): void {
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  const name = text.slice(node.span.start, node.span.end);
  checker.report.add(
    dimensionAsNumber,
    scope.module,
    node.span,
    { name: type.kind === "dimension" ? name : describe(type) },
    {
      fixes: [
        {
          title: `write \`size(${name})\``,
          applicability: "likely",
          edits: [{ file: scope.module, range: node.span, text: `size(${name})` }],
        },
      ],
    },
  );
}

const WIDER: Record<Element, number> = { bool: 0, int: 1, real: 2 };

function tensors(
  checker: Checker,
  node: BinaryNode,
  left: TensorType,
  right: TensorType,
  scope: Scope,
): Type {
  const { operator } = node;
  // The distance of two places, `index(time) - index(source)`, is an outer thing like a mask.
  const distance = operator === "-" && left.element === "int" && right.element === "int";
  const dimensions = combined(checker, node, left.dimensions, right.dimensions, scope, distance);
  if (dimensions === undefined) return UNKNOWN;
  const computed = left.computed || right.computed;
  if (operator === "and" || operator === "or") {
    const wrong = [left, right].find((side) => side.element !== "bool");
    if (wrong !== undefined) return refuse(checker, node, left, right, scope);
    return tensor("bool", dimensions, { computed });
  }
  if (left.element === "bool" || right.element === "bool") {
    return refuse(checker, node, left, right, scope);
  }
  if (ORDER.has(operator)) return tensor("bool", dimensions, { computed });
  const element: Element =
    operator === "/"
      ? "real"
      : WIDER[left.element] > WIDER[right.element]
        ? left.element
        : right.element;
  const value =
    left.value !== undefined && right.value !== undefined
      ? calculated(operator, left.value, right.value)
      : undefined;
  // Of sizes a quotient is a size again, as far as `dim` asks for one.
  return tensor(operator === "^" && element === "int" ? "int" : element, dimensions, {
    computed,
    value,
  });
}

function refuse(checker: Checker, node: BinaryNode, left: Type, right: Type, scope: Scope): Type {
  checker.report.add(badOperands, scope.module, node.span, {
    operator: node.operator,
    left: describe(left),
    right: describe(right),
    help: undefined,
  });
  return UNKNOWN;
}

function calculated(operator: string, left: Size, right: Size): Size | undefined {
  switch (operator) {
    case "+":
      return addSizes(left, right);
    case "-":
      return addSizes(left, right, -1);
    case "*":
      return multiplySizes(left, right);
    case "/":
      return divideSizes(left, right);
    default:
      return UNKNOWN_SIZE;
  }
}

/** Arithmetic asks one side to contain the other; comparisons, `and` and `or` give the union. Undefined after a fault. */
function combined(
  checker: Checker,
  node: BinaryNode,
  left: Dimensions,
  right: Dimensions,
  scope: Scope,
  outer = false,
): Dimensions | undefined {
  if (reportClash(checker, left, right, node, scope)) return undefined;
  if (ARITHMETIC.has(node.operator) && !outer) {
    const fits = contains(left, right) !== false || contains(right, left) !== false;
    if (!fits) {
      const names = (set: Dimensions): string[] => set.named.map((dimension) => dimension.name);
      checker.report.add(notContained, scope.module, node.span, {
        operator: node.operator,
        left: `[${names(left).join(", ")}]`,
        right: `[${names(right).join(", ")}]`,
        onlyLeft: names(without(left, right)),
        onlyRight: names(without(right, left)),
      });
      return undefined;
    }
  }
  return union(left, right);
}

/** Reports two dimensions of one name. */
export function reportClash(
  checker: Checker,
  left: Dimensions,
  right: Dimensions,
  node: { readonly span: { readonly start: number; readonly end: number } },
  scope: Scope,
): boolean {
  const found = clash(left, right);
  if (found === undefined) return false;
  const [a, b] = found;
  checker.report.add(sizeClash, scope.module, node.span, {
    name: a.name,
    left: numberOf(a),
    right: numberOf(b),
  });
  return true;
}

function numberOf(dimension: Dimension): number | undefined {
  return constantOf(dimension.size);
}

function inferEquality(
  checker: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  scope: Scope,
): Type {
  if (left.kind === "tensor" && right.kind === "tensor") {
    const numbers = left.element !== "bool" && right.element !== "bool";
    if (!numbers && left.element !== right.element) {
      return refuse(checker, node, left, right, scope);
    }
    const dimensions = combined(checker, node, left.dimensions, right.dimensions, scope);
    if (dimensions === undefined) return UNKNOWN;
    return tensor("bool", dimensions, { computed: left.computed || right.computed });
  }
  if (isOpen(left) || isOpen(right) || left.kind === "none" || right.kind === "none") return BOOL;
  if (isText(left) && isText(right)) return BOOL;
  if (left.kind === "count" && right.kind === "count") {
    return sameUnit(checker, node, left.units, right.units, scope) ? BOOL : UNKNOWN;
  }
  if (left.kind === right.kind && left.kind !== "named") return BOOL;
  if (describe(left) === describe(right)) return BOOL;
  return refuse(checker, node, left, right, scope);
}

function isText(type: Type): boolean {
  return type.kind === "literal" || type === TEXT || isNamed(type, "Text");
}

function inferOrder(
  checker: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  scope: Scope,
): Type | undefined {
  if (!ORDER.has(node.operator)) return undefined;
  if (left.kind === "count" && right.kind === "count") {
    return sameUnit(checker, node, left.units, right.units, scope) ? BOOL : UNKNOWN;
  }
  if (isNamed(left, "Share") && isNamed(right, "Share")) return BOOL;
  return dimensionOperand(checker, node, left, right, scope);
}

/** Everything that is no pair of tensors: quantities, losses, weights, modules, dimensions. */
function inferArithmetic(
  checker: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  scope: Scope,
): Type | undefined {
  const { operator } = node;
  const additive = operator === "+" || operator === "-";
  const scaling = operator === "*" || operator === "/";
  if (left.kind === "count" || right.kind === "count") {
    return quantities(checker, node, left, right, scope);
  }
  if (isNamed(left, "Loss") || isNamed(right, "Loss")) {
    if (additive && isNamed(left, "Loss") && isNamed(right, "Loss")) return LOSS;
    if (operator === "*" && isScalar(left)) return LOSS;
    if (scaling && isScalar(right)) return LOSS;
    return undefined;
  }
  const whole = (type: Type): boolean => isWhole(type) || isNamed(type, "Delta");
  if (operator === "*" && isScalar(left) && left.element === "int" && right.kind === "model") {
    return list(right);
  }
  if (whole(left) || whole(right)) {
    if (operator === "-" && isWhole(left) && isWhole(right)) return DELTA;
    if (additive && isWhole(left) && isNamed(right, "Delta")) {
      return left.kind === "model" ? left : CHECKPOINT;
    }
    if (operator === "+" && isNamed(left, "Delta") && isWhole(right)) {
      return right.kind === "model" ? right : CHECKPOINT;
    }
    if (additive && isNamed(left, "Delta") && isNamed(right, "Delta")) return DELTA;
    if (operator === "*" && isScalar(left) && isNamed(right, "Delta")) return DELTA;
    if (scaling && isNamed(left, "Delta") && isScalar(right)) return DELTA;
    return undefined;
  }
  if (isNamed(left, "Share") && isScalar(right) && scaling) return left;
  if (isNamed(right, "Share") && isScalar(left) && operator === "*") return right;
  for (const [type, other, side] of [
    [left, right, node.left],
    [right, left, node.right],
  ] as const) {
    if (isNamed(type, "Share") && other.kind === "tensor") {
      checker.report.add(unwantedUnit, scope.module, side.span, {
        what: undefined,
        expected: "Real",
        found: "a share",
        number: shareAsNumber(side),
      });
      return UNKNOWN;
    }
  }
  return dimensionOperand(checker, node, left, right, scope);
}

/** `5%` as the number that may be meant. */
export function shareAsNumber(node: Expression): string | undefined {
  if (node.kind !== "number" || !node.percent) return undefined;
  return String(Number((node.value / 100).toPrecision(12)));
}

function dimensionOperand(
  checker: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  scope: Scope,
): Type | undefined {
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  if (left.kind === "dimension" && right.kind === "dimension" && node.operator === "+") {
    checker.report.add(sumOutsideDim, scope.module, node.span, {
      left: text.slice(node.left.span.start, node.left.span.end),
      right: text.slice(node.right.span.start, node.right.span.end),
    });
    return UNKNOWN;
  }
  let found = false;
  for (const [type, side] of [
    [left, node.left],
    [right, node.right],
  ] as const) {
    if (type.kind !== "dimension") continue;
    found = true;
    reportDimension(checker, type, side, scope);
  }
  return found ? UNKNOWN : undefined;
}

function adviceFor(operator: string, left: Type, right: Type): string | undefined {
  if (operator === "+" && (isText(left) || isText(right))) {
    return 'write the value inside the text: `"a {name}"`';
  }
  if (operator === "+" && isWhole(left) && isWhole(right)) {
    return "write `average([a, b])`: a sum of checkpoints is none";
  }
  if (left.kind === "model" && operator === "*")
    return "write the number first: `depth * Block(…)`";
  return undefined;
}

/** `param[…] ~ normal(0.02)`: what has initial values, and where they come from. */
function inferInitialised(checker: Checker, node: BinaryNode, scope: Scope): Type {
  const value = checker.infer(node.left, scope);
  const from = checker.infer(node.right, scope);
  if (isSilent(value) || isSilent(from) || isEmptyNumber(from)) return value;
  const fits =
    isNamed(from, "Initialiser") ||
    from.kind === "function" ||
    from.kind === "lambda" ||
    from.kind === "tensor" ||
    isWhole(from) ||
    from.kind === "union" ||
    from.kind === "variable";
  if (!fits) {
    checker.report.add(mismatch, scope.module, node.right.span, {
      what: "the initial values",
      expected: "Initialiser",
      found: describe(from),
      help: "write `normal(0.02)`, `uniform(0.1)`, `zeros` or `ones`",
    });
  }
  return value;
}

function isEmptyNumber(type: Type): boolean {
  return type.kind === "tensor" && isEmpty(type.dimensions);
}
