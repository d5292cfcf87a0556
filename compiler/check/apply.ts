import type { Checker } from "./checker.ts";
import { itemAt } from "./damage.ts";
import { bindingsOf, matching, type Problem } from "./matching.ts";
import { memberAccess } from "./members.ts";
import { CALLED } from "./models.ts";
import { inner } from "./scope.ts";
import { openNames } from "./signatures.ts";
import { substitute } from "./substitute.ts";
import { resolveType } from "./type-nodes.ts";
import { type LambdaType, type Type, UNKNOWN } from "./types.ts";

/** A lambda may be given to itself; its body is typed only so deep. */
const DEPTH_LIMIT = 40;

/** Types a lambda's body with what it is applied to. */
export function applyLambda(
  checker: Checker,
  lambda: LambdaType,
  types: readonly Type[],
  depth: { value: number },
  expected?: Type,
): Type {
  const { node } = lambda;
  if (node.kind === "projection") {
    return node.path.reduce(
      (type, name) => memberAccess(checker, type, name, lambda.scope),
      types[0] ?? UNKNOWN,
    );
  }
  checker.appliedLambdas.add(node);
  if (depth.value >= DEPTH_LIMIT) return UNKNOWN;
  const scope = inner(lambda.scope);
  const open = openNames();
  const found = matching(open.variables);
  for (const [at, parameter] of node.parameters.entries()) {
    const given = types[at] ?? UNKNOWN;
    if (parameter.type === undefined) {
      scope.names.set(parameter.name.text, given);
      continue;
    }
    const declared = resolveType(parameter.type, {
      checker,
      scope,
      open,
      name: parameter.name.text,
    });
    const problem = checker.match(declared, given, found);
    if (problem !== undefined) {
      checker.reportProblem(problem, scope, parameter.span, {
        expected: declared,
        actual: given,
        what: `\`${parameter.name.text}\``,
      });
    }
    scope.names.set(parameter.name.text, declared);
  }
  depth.value += 1;
  // What the body needs, the declaration needs that the lambda stands in.
  const owner = itemAt(checker.program.modules.get(scope.module)?.tree, node.span.start);
  const body = (): Type => checker.infer(node.body, scope, expected);
  const result =
    owner === undefined || owner.kind === "model" ? body() : checker.within(owner, body);
  depth.value -= 1;
  return substitute(result, bindingsOf(found));
}

/** Applies whatever can be called to values of these types. */
export function applyTypes(
  checker: Checker,
  callee: Type,
  types: readonly Type[],
): { readonly type: Type } | Problem {
  switch (callee.kind) {
    case "lambda":
      return { type: checker.applyLambda(callee, types) };
    case "model": {
      const called = checker.member(callee, CALLED);
      return called === undefined ? { kind: "mismatch" } : applyTypes(checker, called, types);
    }
    case "constructor":
      return { type: callee.record };
    case "function": {
      const required = callee.parameters.filter((parameter) => parameter.required);
      const waiting = required.filter(
        (parameter) => callee.parameters.indexOf(parameter) >= types.length,
      );
      if (waiting.length > 0) {
        return { kind: "incomplete", missing: waiting.map((one) => one.name ?? "…") };
      }
      if (types.length > callee.parameters.length) {
        return { kind: "arity", expected: types.length, found: callee.parameters.length };
      }
      const found = matching(callee.variables);
      const pairs = callee.parameters
        .slice(0, types.length)
        .map((parameter, at) => ({ expected: parameter.type, actual: types[at] ?? UNKNOWN }));
      const first = pairs.filter((pair) => pair.expected.kind === "dimension");
      const second = pairs.filter((pair) => pair.expected.kind === "model");
      const rest = pairs.filter((pair) => !first.includes(pair) && !second.includes(pair));
      for (const pair of [...first, ...second, ...rest]) {
        const problem = checker.match(pair.expected, pair.actual, found);
        if (problem !== undefined) return problem;
      }
      // What an operation gives stands in its shape rule, which needs the call.
      if (callee.row?.table === "operation") return { type: UNKNOWN };
      return { type: substitute(callee.result, bindingsOf(found)) };
    }
    default:
      return { type: UNKNOWN };
  }
}
