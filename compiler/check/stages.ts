import type { AnyNode } from "../../grammar/index.ts";
import { childrenOf } from "../../grammar/index.ts";
import type { Expression, Item, SourceFile, Statement } from "../../grammar/tree.ts";
import {
  emptyFile,
  invalidText,
  missingFile,
  notAnObjective,
  objectiveData,
  unnamedStage,
} from "../../program/diagnostics/catalogue/stages.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Fact } from "../../program/facts.ts";
import type { Bound } from "./bind-arguments.ts";
import type { Checker, FileRead } from "./checker.ts";
import { constantValue } from "./constants.ts";
import { matching } from "./matching.ts";
import { lookup, PRELUDE } from "./modules.ts";
import { resolvePath } from "./paths.ts";
import type { Scope } from "./scope.ts";
import { describe, type FunctionType, isSilent, type RecordType, type Type } from "./types.ts";

/** An objective is known by the record it reads: the data's rows must be such. */
export function checkStageCall(
  checker: Checker,
  type: FunctionType,
  types: ReadonlyMap<string, Type>,
  bound: Bound,
  scope: Scope,
): void {
  const parameter = type.parameters.find(
    (one) => one.type.kind === "named" && one.type.name === "Objective",
  );
  const name = parameter?.name;
  const given = name === undefined ? undefined : bound.values.get(name);
  const objective = name === undefined ? undefined : types.get(name);
  if (given === undefined || objective?.kind !== "function") return;
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  const written = objective.name ?? text.slice(given.value.span.start, given.value.span.end);
  const waiting = objective.parameters.filter((one) => one.required);
  const result = objective.result;
  const isLoss = result.kind === "named" && result.name === "Loss";
  if (!isLoss && !isSilent(result)) {
    checker.report.add(notAnObjective, scope.module, given.value.span, {
      objective: written,
      found: `it gives ${describe(result)}`,
    });
    return;
  }
  const reads = waiting.filter((one) => one.type.kind !== "model");
  const [rows] = reads;
  if (rows === undefined || reads.length > 1 || rows.type.kind !== "record") {
    if (rows !== undefined && isSilent(rows.type)) return;
    const names = reads.map((one) => `\`${one.name ?? "…"}\``).join(", ");
    checker.report.add(notAnObjective, scope.module, given.value.span, {
      objective: written,
      found:
        rows === undefined
          ? "it reads no rows"
          : reads.length > 1
            ? `it still waits for ${names}`
            : `${names} is no record of rows`,
    });
    return;
  }
  const dataName = type.parameters.find((one) => one.type.kind === "data")?.name;
  const data = dataName === undefined ? undefined : types.get(dataName);
  const dataGiven = dataName === undefined ? undefined : bound.values.get(dataName);
  if (data?.kind !== "data" || dataGiven === undefined) return;
  if (data.row.kind !== "record" || fits(checker, rows.type, data.row)) return;
  checker.report.add(
    objectiveData,
    scope.module,
    dataGiven.value.span,
    {
      objective: written,
      expected: rows.type.name ?? describe(rows.type),
      found: describe(data.row),
      text: [...data.row.fields.values()].some(
        (field) => field.type.kind === "named" && field.type.name === "Text",
      ),
    },
    {
      related: [
        {
          place: { file: scope.module, range: given.value.span },
          message: "promised here",
        },
      ],
    },
  );
}

/** Rows have no batch yet, so fields are compared by name and kind only. */
function fits(checker: Checker, wanted: RecordType, row: RecordType): boolean {
  if (wanted.declaration !== undefined && wanted.declaration === row.declaration) return true;
  for (const [name, field] of wanted.fields) {
    const given = row.fields.get(name);
    if (given === undefined) {
      if (field.required) return false;
      continue;
    }
    if (field.type.kind === "record" && given.type.kind === "record") {
      if (!fits(checker, field.type, given.type)) return false;
    } else if (field.type.kind === "tensor" && given.type.kind === "tensor") {
      if (field.type.element === "int" && given.type.element === "real") return false;
    } else if (checker.match(field.type, given.type, matching()) !== undefined) return false;
  }
  return true;
}

/** Files that a row of the library reads: each parameter `path` that is known now. */
export function wantFiles(checker: Checker, type: FunctionType, bound: Bound, scope: Scope): void {
  if (type.row?.table !== "source") return;
  const given = bound.values.get("path");
  if (given === undefined) return;
  const path = constantValue(checker, given.value, scope);
  if (typeof path !== "string" || path.includes("*")) return;
  checker.reads({
    path,
    resolved: resolvePath(scope.module, path),
    place: { file: scope.module, range: given.value.span },
  });
}

/** What is wrong with a file that a recipe reads; undefined where nothing is known of it. */
export function fileFault(read: FileRead, fact: Fact): Diagnostic | undefined {
  const { path, resolved, place } = read;
  if (fact.kind === "missing") return diagnose(missingFile, place, { path, resolved });
  if (fact.kind !== "file") return undefined;
  if (fact.bytes === 0) return diagnose(emptyFile, place, { path });
  if (fact.invalid === undefined) return undefined;
  const { line, column, byte } = fact.invalid;
  const related = [{ place, message: "read here" }];
  return diagnose(invalidText, { file: resolved, line, column }, { path, byte }, { related });
}

/**
 * A stage may stand only where its value reaches a `stage NAME =`: directly, through branches, loops
 * and blocks, or as the result of a function.
 */
export function checkStagePositions(checker: Checker, path: string, tree: SourceFile): void {
  const kindOf = (node: Expression): string | undefined => {
    if (node.kind !== "call" || node.callee.kind !== "reference") return undefined;
    const item: Item | undefined = lookup(checker.program, path, node.callee.name)?.item;
    return item?.kind === "function" &&
      item.body?.kind === "row" &&
      item.body.table.text === "stage"
      ? node.callee.name
      : undefined;
  };
  const walk = (node: AnyNode): void => {
    if (isBinding(node)) {
      if (node.word === "stage") reaching(node.value);
      else walk(node.value);
      return;
    }
    if (node.kind === "function" && "body" in node) {
      const body = node.body as { kind: string; expression?: Expression } | undefined;
      if (body?.expression !== undefined) reaching(body.expression);
      return;
    }
    const kind = kindOf(node as Expression);
    if (kind !== undefined) checker.report.add(unnamedStage, path, node.span, { kind });
    for (const child of childrenOf(node)) walk(child);
  };
  const statements = (all: readonly Statement[], result: Expression | undefined): void => {
    for (const statement of all) {
      walk(statement.kind === "expression" ? statement.value : statement);
    }
    if (result !== undefined) reaching(result);
  };
  const reaching = (node: Expression): void => {
    switch (node.kind) {
      case "call":
        for (const child of childrenOf(node)) walk(child);
        break;
      case "group":
      case "with":
        reaching(node.value);
        break;
      case "block":
        statements(node.statements, node.result);
        break;
      case "if":
        walk(node.condition);
        reaching(node.then);
        if (node.otherwise !== undefined) reaching(node.otherwise);
        break;
      case "match":
        walk(node.value);
        for (const arm of node.arms) reaching(arm.value);
        break;
      case "for":
      case "fold":
        walk(node.source);
        if (node.kind === "fold") walk(node.start);
        reaching(node.body);
        break;
      case "record":
        for (const field of node.fields) if (field.kind === "record-field") reaching(field.value);
        break;
      case "binary":
        if (node.operator === "|>" || node.operator === "??") {
          walk(node.left);
          reaching(node.right);
        } else for (const child of childrenOf(node)) walk(child);
        break;
      default:
        for (const child of childrenOf(node)) walk(child);
    }
  };
  const kinds = stageKinds(checker, path);
  for (const item of tree.items) {
    // Most declarations make no stages, and walking them costs more than looking at their text.
    const text = tree.text.slice(item.span.start, item.span.end);
    if (kinds.some((kind) => text.includes(kind))) walk(item);
  }
}

/** Names that stages are made with in a file. */
function stageKinds(checker: Checker, path: string): readonly string[] {
  const isKind = (item: Item | undefined): boolean =>
    item?.kind === "function" && item.body?.kind === "row" && item.body.table.text === "stage";
  const names: string[] = [];
  const module = checker.program.modules.get(path);
  for (const name of module?.imported.keys() ?? []) {
    if (isKind(lookup(checker.program, path, name)?.item)) names.push(name);
  }
  for (const declared of [module, checker.program.modules.get(PRELUDE)]) {
    for (const [name, item] of declared?.declared ?? []) if (isKind(item)) names.push(name);
  }
  return names;
}

function isBinding(node: AnyNode): node is Extract<Item, { kind: "binding" }> {
  return node.kind === "binding";
}
