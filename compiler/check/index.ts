import type {
  Expression,
  FunctionItem,
  Item,
  LambdaNode,
  ModelItem,
  Name,
  RecordItem,
  SourceFile,
  TypeNode,
} from "../../grammar/tree.ts";
import { unreadInput } from "../../program/diagnostics/catalogue/settings.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { type Facts, type Want, wantKey } from "../../program/facts.ts";
import { applyLambda, applyTypes } from "./apply.ts";
import { inferCallOf } from "./calls.ts";
import type { Checker, FileRead, RecordInfo } from "./checker.ts";
import { hasUnreadParameter, unreadLines } from "./damage.ts";
import { checkFile, resultNode } from "./declarations.ts";
import { inferExpression } from "./expressions.ts";
import { matchTypes } from "./match.ts";
import { matching } from "./matching.ts";
import { type CheckedModel, memberOf, ownModel, readModel } from "./models.ts";
import { resolveModules } from "./modules.ts";
import { dimensionsIn } from "./open-types.ts";
import { reportProblem } from "./problems.ts";
import type { Program, TypedProgram } from "./program.ts";
import { createNeeds } from "./recursion.ts";
import { createReport } from "./report.ts";
import { fileScope } from "./scope.ts";
import { modelConstructor, openNames, readSignature, type Signature } from "./signatures.ts";
import { fileFault } from "./stages.ts";
import { resolveRecord, resolveType } from "./type-nodes.ts";
import { CHECKPOINT, type LambdaType, type Type, UNKNOWN } from "./types.ts";

export { lookup } from "./modules.ts";

export interface CheckOptions {
  /** Tries every literal of every input, one at a time, instead of the defaults alone. */
  readonly all?: boolean;
  /** Values that inputs have instead of their defaults. */
  readonly inputs?: ReadonlyMap<string, string | number | boolean>;
}

export interface CheckResult {
  readonly program: TypedProgram;
  readonly diagnostics: readonly Diagnostic[];
  readonly wanted: readonly Want[];
}

/**
 * Checks a recipe with what is known of the world. Pure and synchronous; what is not known yet is
 * wanted, and typed so that nothing is said about it. Types are those of the recipe's own files.
 */
export function check(entry: string, facts: Facts, options: CheckOptions = {}): CheckResult {
  const { program, diagnostics, wanted } = resolveModules(entry, facts);
  const inputs = options.inputs ?? new Map();
  // While files are missing nothing can be said of what stands in them; the next call says all.
  if (wanted.length > 0) {
    return { program: { ...program, types: new Map() }, diagnostics, wanted };
  }
  const first = checkProgram(program, facts, inputs);
  const results = [first];
  if (options.all === true) {
    for (const [name, value] of alternatives(program, inputs)) {
      results.push(checkProgram(program, facts, new Map([...inputs, [name, value]])));
    }
  }
  const wants = new Map<string, Want>();
  const found = new Map<string, Diagnostic>();
  // Beside something unreadable a name or a type is seldom what was meant.
  const unread = new Map(
    [...program.modules].map(([path, { tree }]) => [path, unreadLines(tree, diagnostics)] as const),
  );
  const add = (one: Diagnostic): void => {
    const start = one.place.range?.start;
    const beside = start !== undefined && unread.get(one.place.file)?.(start) === true;
    if (beside && one.code >= "LV02") return;
    // The library is checked by its own tests; a recipe is told of its own faults.
    const foreign = one.place.file.startsWith("std/") && one.place.file !== entry;
    if (!foreign || one.code < "LV02") found.set(keyOf(one), one);
  };
  diagnostics.forEach(add);
  for (const result of results) {
    result.diagnostics.forEach(add);
    for (const want of result.wanted) wants.set(wantKey(want), want);
    for (const read of result.reads) {
      const want: Want = { kind: "file", path: read.resolved };
      const fact = facts.get(wantKey(want));
      if (fact === undefined) wants.set(wantKey(want), want);
      else {
        const fault = fileFault(read, fact);
        if (fault !== undefined) add(fault);
      }
    }
  }
  // Where something is wrong, what would have read an input may not have been understood.
  if ([...found.values()].every((one) => one.severity !== "error")) {
    for (const { text, span } of first.unread) {
      if (results.some((result) => result.unread.every((name) => name.text !== text))) continue;
      add(diagnose(unreadInput, { file: entry, range: span }, { name: text }));
    }
  }
  return {
    program: { ...program, types: first.types },
    diagnostics: [...found.values()].sort((a, b) => byPlace(entry, a, b)),
    wanted: [...wants.values()],
  };
}

function keyOf({ code, place, message }: Diagnostic): string {
  const { file, range, line, column } = place;
  return `${file}:${range?.start ?? line}:${range?.end ?? column}:${code}:${message}`;
}

function byPlace(entry: string, a: Diagnostic, b: Diagnostic): number {
  if (a.place.file !== b.place.file) {
    if (a.place.file === entry) return -1;
    if (b.place.file === entry) return 1;
    return a.place.file < b.place.file ? -1 : 1;
  }
  return (a.place.range?.start ?? 0) - (b.place.range?.start ?? 0);
}

/** Each literal of each input but the value it has anyway. */
function alternatives(
  program: Program,
  inputs: ReadonlyMap<string, string | number | boolean>,
): readonly (readonly [string, string | boolean])[] {
  const found: (readonly [string, string | boolean])[] = [];
  for (const item of program.modules.get(program.entry)?.tree.items ?? []) {
    if (item.kind !== "input") continue;
    const name = item.name.text;
    const literals: (string | boolean)[] = [];
    const types = item.type.kind === "union-type" ? item.type.members : [item.type];
    for (const type of types) {
      if (type.kind === "literal-type") literals.push(type.value);
      if (type.kind === "named-type" && type.path[0]?.text === "Bool") literals.push(true, false);
    }
    for (const literal of literals) {
      if (inputs.get(name) !== literal) found.push([name, literal]);
    }
  }
  return found;
}

interface Checked {
  readonly types: ReadonlyMap<Expression | TypeNode, Type>;
  readonly diagnostics: readonly Diagnostic[];
  readonly wanted: readonly Want[];
  readonly reads: readonly FileRead[];
  /** Names of inputs that nothing needs. */
  readonly unread: readonly Name[];
}

// Facts of files change no type: the call that brings them finds what the one before worked out.
const memory = new WeakMap<
  SourceFile,
  { readonly key: string; readonly trees: readonly SourceFile[]; readonly checked: Checked }
>();

function checkProgram(
  program: Program,
  facts: Facts,
  inputs: ReadonlyMap<string, string | number | boolean>,
): Checked {
  const entry = program.modules.get(program.entry)?.tree;
  const trees = [...program.modules.values()].map((module) => module.tree);
  const key = JSON.stringify([...inputs]);
  const known = entry === undefined ? undefined : memory.get(entry);
  if (
    known !== undefined &&
    known.key === key &&
    known.checked.wanted.length === 0 &&
    known.trees.length === trees.length &&
    known.trees.every((tree, at) => tree === trees[at])
  ) {
    return known.checked;
  }
  const checked = checkAnew(program, facts, inputs);
  if (entry !== undefined) memory.set(entry, { key, trees, checked });
  return checked;
}

function checkAnew(
  program: Program,
  facts: Facts,
  inputs: ReadonlyMap<string, string | number | boolean>,
): Checked {
  const report = createReport();
  const types = new Map<Expression | TypeNode, Type>();
  const wanted: Want[] = [];
  const reads: FileRead[] = [];
  const needs = createNeeds();
  const stack: object[] = [];
  const itemTypes = new Map<Item, Type | "busy">();
  const models = new Map<ModelItem, CheckedModel>();
  const records = new Map<RecordItem, RecordInfo>();
  const signatures = new Map<FunctionItem, Signature>();
  const unknown = new Map<Item, Set<string>>();
  const lambdas: LambdaType[] = [];
  const depth = { value: 0 };

  const checker: Checker = {
    program,
    facts,
    report,
    types,
    inputs,
    want: (want) => {
      wanted.push(want);
    },
    reads: (read) => {
      reads.push(read);
    },
    infer: (node, scope, expected) => {
      const type = inferExpression(checker, node, scope, expected);
      if (type.kind === "lambda" && type.node === node) lambdas.push(type);
      types.set(node, type);
      return type;
    },
    expect: (node, scope, expected, what) => {
      const actual = checker.infer(node, scope, expected);
      const problem = matchTypes(checker, expected, actual, matching());
      if (problem !== undefined) {
        const { span } = resultNode(node);
        checker.reportProblem(problem, scope, span, { expected, actual, what });
      }
      return actual;
    },
    match: (expected, actual, found) => matchTypes(checker, expected, actual, found),
    reportProblem: (problem, scope, span, context) => {
      const text = program.modules.get(scope.module)?.tree.text.slice(span.start, span.end) ?? "";
      const share = /^([\d.]+)%$/.exec(text)?.[1];
      const plain = /^[\d.]+[KMBT]?$/.test(text) ? text : undefined;
      const number =
        share === undefined ? plain : String(Number((Number(share) / 100).toPrecision(12)));
      reportProblem(report, problem, { ...context, file: scope.module, span, number });
    },
    call: (callee, call, scope, calleeSpan) =>
      inferCallOf(checker, callee, call, scope, calleeSpan),
    applyLambda: (lambda, given, expected) => applyLambda(checker, lambda, given, depth, expected),
    applyTypes: (callee, given) => applyTypes(checker, callee, given),
    seen: (item, name) => {
      if (report.isQuiet()) return false;
      const names = unknown.get(item);
      if (names === undefined) unknown.set(item, new Set([name]));
      else if (names.has(name)) return true;
      else names.add(name);
      return false;
    },
    appliedLambdas: new Set<LambdaNode>(),
    itemType: (module, item) => {
      const known = itemTypes.get(item);
      if (known !== undefined) return known === "busy" ? UNKNOWN : known;
      itemTypes.set(item, "busy");
      const type = checker.within(item, () => typeOfItem(module, item));
      itemTypes.set(item, type);
      return type;
    },
    modelInfo: (item, module) => model(item, module),
    recordInfo: (item, module) => {
      const known = records.get(item);
      if (known !== undefined) return known;
      const open = openNames();
      const { type, dimensions } = resolveRecord(
        item.type,
        { checker, scope: fileScope(module), open, name: undefined },
        item.name.text,
      );
      const own = new Set([...dimensions.values()].map((dimension) => dimension.variable));
      const declared = { ...type, declaration: item };
      const hidden = dimensionsIn(declared).filter(
        (one) =>
          one.variable !== undefined && open.variables.has(one.variable) && !own.has(one.variable),
      );
      const info: RecordInfo = { type: declared, dimensions, hidden: [...new Set(hidden)] };
      records.set(item, info);
      return info;
    },
    member: (type, name) => memberOf(checker, type, name),
    functionResult: (type) => type.result,
    enclosingEnd: () => {
      const last = stack[stack.length - 1];
      return last !== undefined && "span" in last ? (last.span as { end: number }).end : 0;
    },
    needs: (declaration) => {
      const from = stack[stack.length - 1];
      if (from !== undefined) needs.add(from, declaration);
    },
    within: (declaration, run) => {
      stack.push(declaration);
      const value = run();
      stack.pop();
      return value;
    },
  };

  const inferBody = (item: FunctionItem, read: Signature): Type => {
    const { body } = item;
    if (body?.kind !== "code") return UNKNOWN;
    return checker.within(item, () => checker.infer(body.expression, read.scope));
  };

  function model(item: ModelItem, module: string): CheckedModel {
    const known = models.get(item);
    if (known !== undefined) return known;
    const read = readModel(checker, item, module, inferBody);
    models.set(item, read);
    return read;
  }

  function signature(item: FunctionItem, module: string): Signature {
    const known = signatures.get(item);
    if (known !== undefined) return known;
    const read: Signature = readSignature(checker, item, fileScope(module), () =>
      inferBody(item, read),
    );
    signatures.set(item, read);
    return read;
  }

  function typeOfItem(module: string, item: Item): Type {
    const scope = fileScope(module);
    switch (item.kind) {
      case "input": {
        const type = resolveType(item.type, { checker, scope, open: undefined, name: undefined });
        if (item.value !== undefined) {
          checker.expect(item.value, scope, type, `the input \`${item.name.text}\``);
        }
        return type;
      }
      case "record":
        return { kind: "constructor", record: checker.recordInfo(item, module).type };
      case "type":
        return resolveType(item.type, { checker, scope, open: undefined, name: undefined });
      case "model": {
        const info = model(item, module);
        if (hasUnreadParameter(item)) return UNKNOWN;
        const result = ownModel(info);
        return modelConstructor(item, module, info.parameters, info.variables, result);
      }
      case "function":
        return hasUnreadParameter(item) ? UNKNOWN : signature(item, module).type;
      case "binding":
        return checker.infer(item.value, scope, item.word === "stage" ? CHECKPOINT : undefined);
      default:
        return UNKNOWN;
    }
  }

  for (const [path, module] of program.modules) {
    if (path.startsWith("std/") && path !== program.entry) continue;
    checkFile(checker, { signature, model }, path, module.tree.items);
  }
  // A lambda that nothing applied is looked at with nothing known of its parameters.
  for (let at = 0; at < lambdas.length; at += 1) {
    const lambda = lambdas[at];
    if (lambda === undefined || lambda.node.kind !== "lambda") continue;
    if (!checker.appliedLambdas.has(lambda.node)) checker.applyLambda(lambda, []);
  }
  needs.report(program, report);
  const unread = (program.modules.get(program.entry)?.tree.items ?? []).flatMap((item) =>
    item.kind === "input" && !needs.has(item) ? [item.name] : [],
  );
  return { types, diagnostics: report.found(), wanted, reads, unread };
}
