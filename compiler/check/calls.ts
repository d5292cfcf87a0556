import type { Span } from "../../grammar/tree.ts";
import { duplicateDimension } from "../../program/diagnostics/catalogue/dimensions.ts";
import { interfaceValue, notApplied } from "../../program/diagnostics/catalogue/models.ts";
import { misplacedSetting, missingSettings } from "../../program/diagnostics/catalogue/settings.ts";
import { wrongArity } from "../../program/diagnostics/catalogue/types.ts";
import { type Bound, bindArguments } from "./bind-arguments.ts";
import {
  inferAll,
  inferSettings,
  reportBinding,
  reportNotCallable,
  reportUnread,
  signatureText,
  slotName,
} from "./call-arguments.ts";
import type { CallShape, Checker } from "./checker.ts";
import { hasUnreadMember } from "./damage.ts";
import { dimensions, repeated, sizedDimension } from "./dimensions.ts";
import { bindingsOf, type Matching, matching } from "./matching.ts";
import { CALLED } from "./models.ts";
import { lookup, PRELUDE } from "./modules.ts";
import { operationResult, READS_BOOL } from "./operation-rules.ts";
import { fileScope, type Scope } from "./scope.ts";
import { UNKNOWN_SIZE } from "./sizes.ts";
import { checkStageCall, wantFiles } from "./stages.ts";
import { substitute } from "./substitute.ts";
import {
  type FunctionType,
  isSilent,
  type ParameterType,
  type RecordType,
  type Type,
  UNKNOWN,
  withoutNone,
} from "./types.ts";

/** The type of a call; everything that is wrong with its arguments is said on the way. */
export function inferCallOf(
  checker: Checker,
  callee: Type,
  call: CallShape,
  scope: Scope,
  calleeSpan: Span,
): Type {
  switch (callee.kind) {
    case "function":
      return applyFunction(checker, callee, call, scope, calleeSpan);
    case "constructor":
      return construct(checker, callee.record, call, scope, calleeSpan);
    case "model":
    case "list": {
      const element = callee.kind === "list" ? callee.element : callee;
      if (element.kind === "model") {
        // A list of models threads its first argument through them.
        const called = checker.member(element, CALLED);
        if (called?.kind === "function") {
          return applyFunction(
            checker,
            named(called, element.declaration.name.text),
            call,
            scope,
            calleeSpan,
          );
        }
        inferAll(checker, call, scope);
        if (hasUnreadMember(element.declaration)) return UNKNOWN;
        const info = checker.modelInfo(element.declaration, element.module);
        checker.report.add(notApplied, scope.module, calleeSpan, {
          name: element.declaration.name.text,
          functions: info.names.filter(
            (name) => checker.member(element, name)?.kind === "function",
          ),
        });
        return UNKNOWN;
      }
      if (!isSilent(element)) reportNotCallable(checker, callee, scope, calleeSpan, call);
      inferAll(checker, call, scope);
      return UNKNOWN;
    }
    case "lambda": {
      const types = inferAll(checker, call, scope);
      const count = callee.node.kind === "lambda" ? callee.node.parameters.length : 1;
      if (types.length !== count) {
        checker.report.add(wrongArity, scope.module, call.node.span, {
          expected: types.length,
          found: count,
        });
        return UNKNOWN;
      }
      return checker.applyLambda(callee, types);
    }
    case "union": {
      const value = withoutNone(callee);
      if (value.kind !== "union") return inferCallOf(checker, value, call, scope, calleeSpan);
      inferAll(checker, call, scope);
      return UNKNOWN;
    }
    case "unknown":
    case "variable":
      inferAll(checker, call, scope);
      return UNKNOWN;
    case "named":
      if (callee.name !== "Any" && callee.name !== "Objective" && callee.name !== "Checkpoint") {
        reportNotCallable(checker, callee, scope, calleeSpan, call);
      }
      inferAll(checker, call, scope);
      return UNKNOWN;
    default:
      reportNotCallable(checker, callee, scope, calleeSpan, call);
      inferAll(checker, call, scope);
      return UNKNOWN;
  }
}

function named(type: FunctionType, name: string): FunctionType {
  return { ...type, name };
}

function rank(parameter: ParameterType): number {
  if (parameter.type.kind === "dimension") return 0;
  if (parameter.symbol !== undefined) return 1;
  return parameter.type.kind === "model" ? 2 : 3;
}

function applyFunction(
  checker: Checker,
  type: FunctionType,
  call: CallShape,
  scope: Scope,
  calleeSpan: Span,
): Type {
  const callee = type.name ?? "the function";
  const slots = type.parameters.map((parameter, at) => ({
    name: slotName(parameter, at),
    required: parameter.required,
  }));
  const bound = bindArguments(slots, call);
  const meant = reportBinding(checker, type, callee, bound, call, scope);
  const found = matching(type.variables);
  const types = new Map<string, Type>();
  const order = type.parameters.map((parameter, at) => ({
    parameter,
    name: slotName(parameter, at),
  }));
  let broken = meant.misnamed;
  for (const { parameter, name } of [...order].sort(
    (a, b) => rank(a.parameter) - rank(b.parameter),
  )) {
    const given = bound.values.get(name);
    if (given === undefined) continue;
    const expected = substitute(parameter.type, bindingsOf(found));
    const actual = checker.infer(given.value, scope, expected);
    types.set(name, actual);
    const read = readsBool(type, parameter, actual);
    const problem = checker.match(parameter.type, read, found);
    if (problem !== undefined) {
      broken = true;
      checker.reportProblem(problem, scope, given.value.span, {
        expected,
        actual,
        what: parameter.name === undefined ? undefined : `\`${parameter.name}\` of \`${callee}\``,
      });
    } else bindSymbol(parameter, actual, found);
  }
  checkEvery(checker, type, bound, scope);
  reportUnread(checker, type, callee, bound, scope);
  if (type.row !== undefined) wantFiles(checker, type, bound, scope);
  if (type.declaration?.kind === "model" && isInterface(checker, type)) {
    checker.report.add(interfaceValue, scope.module, calleeSpan, { name: callee });
    return UNKNOWN;
  }
  if (bound.partial && !meant.misnamed) return partially(type, bound, found);
  const missing = bound.missing.filter(
    (slot) => !isExcused(type, slot.name, bound) && !meant.names.has(slot.name),
  );
  if (missing.length > 0) {
    if (
      !bound.open &&
      !bound.problems.some((problem) => problem.kind === "positional-after-named")
    ) {
      checker.report.add(missingSettings, scope.module, calleeSpan, {
        names: missing.map((slot) => slot.name),
        callee,
        signature: signatureText(type, missing),
      });
    }
    broken = true;
  }
  bindDefaults(checker, type, bound, found);
  if (type.row?.table === "stage") checkStageCall(checker, type, types, bound, scope);
  const result = resultOf(checker, type, { types, bound, found, broken }, call, scope);
  return result;
}

/** Operations that count what holds take a Bool where they say Real. */
function readsBool(type: FunctionType, parameter: ParameterType, actual: Type): Type {
  if (type.row?.table !== "operation" || !READS_BOOL.has(type.row.row)) return actual;
  if (parameter.type.kind !== "tensor" || parameter.type.element === "bool") return actual;
  return actual.kind === "tensor" && actual.element === "bool"
    ? { ...actual, element: "int" }
    : actual;
}

function isExcused(type: FunctionType, name: string, bound: Bound): boolean {
  const row = type.row?.row;
  return (row === "minimum" || row === "maximum") && name === "b" && bound.values.has("over");
}

function bindSymbol(parameter: ParameterType, actual: Type, found: Matching): void {
  if (parameter.symbol === undefined || actual.kind !== "tensor") return;
  const size = actual.value ?? UNKNOWN_SIZE;
  found.dimensions.set(parameter.symbol, dimensions([sizedDimension(parameter.name ?? "", size)]));
}

function isInterface(checker: Checker, type: FunctionType): boolean {
  const { declaration, module } = type;
  return (
    declaration?.kind === "model" &&
    module !== undefined &&
    checker.modelInfo(declaration, module).isInterface
  );
}

/** `every 50 steps { … }` makes an entry of the parameter `every`. */
function checkEvery(checker: Checker, type: FunctionType, bound: Bound, scope: Scope): void {
  if (bound.every.length === 0) return;
  const parameter = type.parameters.find((one) => one.name === "every");
  const entry = parameter?.type.kind === "list" ? parameter.type.element : undefined;
  if (entry?.kind !== "record") {
    for (const every of bound.every) {
      inferSettings(checker, every.settings, scope);
      checker.report.add(misplacedSetting, scope.module, every.span, {
        form: "every",
        callee: type.name ?? "the function",
      });
    }
    return;
  }
  const extent = lookup(checker.program, PRELUDE, "Extent");
  const interval = extent === undefined ? UNKNOWN : checker.itemType(extent.module, extent.item);
  for (const every of bound.every) {
    checker.expect(every.interval, scope, interval, "the interval");
    const call: CallShape = {
      node: every.interval,
      piped: undefined,
      arguments: [],
      settings: every.settings,
      braces: true,
    };
    construct(checker, { ...entry, name: "every" }, call, scope, every.span);
  }
}

/** What is left of a function when some of its arguments were given by name. */
function partially(type: FunctionType, bound: Bound, found: Matching): FunctionType {
  const bindings = bindingsOf(found);
  const left = type.parameters.filter(
    (parameter, at) => !bound.values.has(slotName(parameter, at)),
  );
  const rest = [...left.filter((one) => one.required), ...left.filter((one) => !one.required)];
  let result: Type | undefined;
  return {
    kind: "function",
    name: type.name,
    parameters: rest.map((one) => ({ ...one, type: substitute(one.type, bindings) })),
    get result() {
      result ??= substitute(type.result, bindings);
      return result;
    },
    variables: type.variables,
    alias: undefined,
    // An operation that waits for arguments is not followed further.
    row: type.row,
    declaration: undefined,
    module: type.module,
  };
}

/** Dimensions that a default gives: `extra: Dim = 64`. */
function bindDefaults(checker: Checker, type: FunctionType, bound: Bound, found: Matching): void {
  const { declaration, module } = type;
  if (declaration === undefined || module === undefined || declaration.parameters === undefined) {
    return;
  }
  for (const [at, parameter] of type.parameters.entries()) {
    if (parameter.type.kind !== "dimension" && parameter.symbol === undefined) continue;
    if (bound.values.has(slotName(parameter, at))) continue;
    const node = declaration.parameters.find((one) => one.name.text === parameter.name);
    if (node?.value === undefined) continue;
    const { value } = node;
    const actual = checker.report.quietly(() => checker.infer(value, fileScope(module))).value;
    if (checker.match(parameter.type, actual, found) === undefined) {
      bindSymbol(parameter, actual, found);
    }
  }
}

interface Applied {
  readonly types: ReadonlyMap<string, Type>;
  readonly bound: Bound;
  readonly found: Matching;
  readonly broken: boolean;
}

function resultOf(
  checker: Checker,
  type: FunctionType,
  applied: Applied,
  call: CallShape,
  scope: Scope,
): Type {
  const { types, bound, found } = applied;
  const span = call.node.span;
  if (type.row?.table === "operation") {
    const result = operationResult(type.row.row, {
      checker,
      scope,
      name: type.name ?? type.row.row,
      arguments: types,
      bound,
      span,
      enclosingEnd: checker.enclosingEnd(),
    });
    if (result !== undefined) return result;
  }
  if (applied.broken && type.row?.table !== "stage") return afterFault(type);
  const result = substitute(type.result, bindingsOf(found));
  if (!checkInside(checker, type, applied, scope, span)) return UNKNOWN;
  if (result.kind === "tensor") {
    const twice = repeated(result.dimensions);
    if (twice !== undefined && type.declaration?.kind === "function") {
      checker.report.add(duplicateDimension, scope.module, span, {
        name: twice.name,
        what: `the result of \`${type.name ?? "the function"}\``,
      });
      return UNKNOWN;
    }
    if (result.dimensions.rests.some((rest) => type.variables.has(rest.variable))) return UNKNOWN;
    const computed =
      result.computed ||
      (type.row?.table !== "contract" &&
        [...types.values()].some((one) => one.kind === "tensor" && one.computed));
    return computed === result.computed ? result : { ...result, computed };
  }
  if (type.row?.table === "stage" && result.kind === "named" && result.name === "Checkpoint") {
    const [first] = type.parameters;
    const model = first === undefined ? undefined : types.get(first.name ?? "");
    if (model?.kind === "model") return { ...model, concrete: true };
  }
  return result;
}

/** After a fault in the arguments the result is believed only where it says nothing of them. */
function afterFault(type: FunctionType): Type {
  const { result } = type;
  if (result.kind === "named" || result.kind === "count") return result;
  return UNKNOWN;
}

/**
 * Functions are inlined: where the signature cannot relate several rests, the body is typed with what
 * this call gives, and what is wrong inside is said at the call.
 */
function checkInside(
  checker: Checker,
  type: FunctionType,
  { types }: Applied,
  scope: Scope,
  span: Span,
): boolean {
  const { declaration, module } = type;
  if (declaration?.kind !== "function" || declaration.body?.kind !== "code") return true;
  if (module === undefined || module === scope.module || restsOf(type) < 2) return true;
  const inside: Scope = {
    parent: undefined,
    names: new Map([...types].filter(([name]) => name !== "")),
    module,
  };
  const { expression } = declaration.body;
  const { problems } = checker.report.collect(() => checker.infer(expression, inside));
  const [first] = problems;
  if (first === undefined || first.severity !== "error" || first.code.startsWith("LV02")) {
    return true;
  }
  checker.report.push({
    ...first,
    place: { file: scope.module, range: span },
    related: [{ place: first.place, message: `in \`${type.name ?? "the function"}\`` }],
    fixes: [],
  });
  return false;
}

function restsOf(type: FunctionType): number {
  const rests = new Set<number>();
  for (const parameter of type.parameters) {
    if (parameter.type.kind !== "tensor") continue;
    for (const rest of parameter.type.dimensions.rests) rests.add(rest.variable);
  }
  return rests.size;
}

/** `Optimizer { … }`, `Attempt { problem: … }`: a record with the fields of its declaration. */
function construct(
  checker: Checker,
  record: RecordType,
  call: CallShape,
  scope: Scope,
  calleeSpan: Span,
): Type {
  const of = record.name ?? "the record";
  const slots = [...record.fields].map(([name, field]) => ({ name, required: field.required }));
  const bound = bindArguments(slots, call);
  const type: FunctionType = {
    kind: "function",
    name: of,
    parameters: [...record.fields].map(([name, field]) => ({
      name,
      type: field.type,
      required: field.required,
      symbol: undefined,
    })),
    result: record,
    variables: new Set(),
    alias: undefined,
    row: undefined,
    declaration: undefined,
    module: undefined,
  };
  const meant = reportBinding(checker, type, of, bound, call, scope);
  checkEvery(checker, type, bound, scope);
  const found = matching();
  for (const [name, field] of record.fields) {
    const given = bound.values.get(name);
    if (given === undefined) continue;
    const actual = checker.infer(given.value, scope, field.type);
    const problem = checker.match(field.type, actual, found);
    if (problem === undefined) continue;
    checker.reportProblem(problem, scope, given.value.span, {
      expected: field.type,
      actual,
      what: `\`${name}\` of \`${of}\``,
    });
  }
  const missing = bound.missing.filter((slot) => !meant.names.has(slot.name));
  if (missing.length > 0 && !bound.open) {
    checker.report.add(missingSettings, scope.module, calleeSpan, {
      names: missing.map((slot) => slot.name),
      callee: of,
      signature: signatureText(type),
    });
  }
  return record;
}
