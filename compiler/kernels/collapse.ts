import {
  below,
  type Expression,
  type Expressions,
  linearForm,
  type Variable,
} from "./expression.ts";

/**
 * Neighbouring loops whose counters only ever occur together, as one index, become one loop: then
 * most element-wise kernels do not depend on shapes at all.
 */
export function collapse(
  make: Expressions,
  loops: readonly Variable[],
  roots: readonly Expression[],
): { readonly loops: readonly Variable[]; readonly rewrite: (root: Expression) => Expression } {
  let current = loops.filter((loop) => loop.size !== 1);
  let rewrite = (root: Expression): Expression => root;
  for (let place = current.length - 2; place >= 0; place -= 1) {
    const [outer, inner] = [current[place], current[place + 1]];
    if (outer === undefined || inner === undefined) continue;
    const all = below(roots.map(rewrite));
    if (!together(make, all, outer, inner)) continue;
    const fused: Variable = {
      name: `${outer.name}${inner.name}`,
      size: outer.size * inner.size,
    };
    const before = rewrite;
    const step = substitution(make, outer, inner, fused);
    rewrite = (root) => step(before(root));
    current = [...current.slice(0, place), fused, ...current.slice(place + 2)];
  }
  return { loops: current, rewrite };
}

/** True where every use is factor · (outer · inner.size + inner). */
function together(
  make: Expressions,
  all: readonly Expression[],
  outer: Variable,
  inner: Variable,
): boolean {
  const [a, b] = [make.variable(outer), make.variable(inner)];
  return all.every((expression) => {
    if (expression === a || expression === b) return true;
    const uses =
      expression.kind === "linear"
        ? [expression]
        : expression.kind === "load"
          ? [expression.index]
          : expression.kind === "call"
            ? expression.arguments
            : [];
    return uses.every((use) => {
      const { terms } = linearForm(use);
      const factor = (atom: Expression) => terms.find((term) => term.atom === atom)?.factor ?? 0;
      return factor(a) === factor(b) * inner.size;
    });
  });
}

function substitution(make: Expressions, outer: Variable, inner: Variable, fused: Variable) {
  const [a, b, whole] = [make.variable(outer), make.variable(inner), make.variable(fused)];
  return rewriter(make, (expression) => {
    if (expression.kind !== "linear") return undefined;
    const { constant, terms } = expression;
    const factor = terms.find((term) => term.atom === b)?.factor;
    if (factor === undefined) return undefined;
    const rest = terms.filter((term) => term.atom !== a && term.atom !== b);
    return { constant, terms: [...rest, { atom: whole, factor }] };
  });
}

/** Rebuilds expressions from the leaves; `change` may give another sum for a linear one. */
export function rewriter(
  make: Expressions,
  change: (expression: Expression) => ReturnType<typeof linearForm> | undefined,
): (root: Expression) => Expression {
  const known = new Map<Expression, Expression>();
  const visit = (expression: Expression): Expression => {
    const found = known.get(expression);
    if (found !== undefined) return found;
    const made = rebuild(expression);
    known.set(expression, made);
    return made;
  };
  const rebuild = (expression: Expression): Expression => {
    switch (expression.kind) {
      case "linear": {
        const { constant, terms } = change(expression) ?? expression;
        return terms.reduce(
          (sum, term) => make.add(sum, make.scale(visit(term.atom), term.factor)),
          make.number(constant, "int"),
        );
      }
      case "load":
        return make.load(expression.operand, visit(expression.index), expression.element);
      case "call":
        return make.call(expression.name, expression.arguments.map(visit), expression.element);
      default:
        return expression;
    }
  };
  return visit;
}
