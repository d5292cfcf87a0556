import type { Expression, FunctionItem, Item, ModelItem } from "../../grammar/tree.ts";
import { notACondition } from "../../program/diagnostics/catalogue/stages.ts";
import { hole } from "../../program/diagnostics/catalogue/types.ts";
import { checkBinding } from "./bindings.ts";
import type { Checker } from "./checker.ts";
import { checkLayout } from "./layouts.ts";
import type { CheckedModel } from "./models.ts";
import { fileScope, type Scope } from "./scope.ts";
import type { Signature } from "./signatures.ts";
import { checkStagePositions } from "./stages.ts";
import { describe, isScalar, isSilent } from "./types.ts";

/** What checking a file needs besides the checker itself. */
export interface Declarations {
  readonly signature: (item: FunctionItem, module: string) => Signature;
  readonly model: (item: ModelItem, module: string) => CheckedModel;
}

/** Checks every item of a file: bodies with their dimensions rigid, values, layouts, contracts. */
export function checkFile(
  checker: Checker,
  declarations: Declarations,
  path: string,
  items: readonly Item[],
): void {
  for (const item of items)
    checker.within(item, () => checkItem(checker, declarations, path, item));
  const tree = checker.program.modules.get(path)?.tree;
  if (tree !== undefined) checkStagePositions(checker, path, tree);
}

function checkItem(checker: Checker, declarations: Declarations, path: string, item: Item): void {
  switch (item.kind) {
    case "use":
    case "error":
      return;
    case "hole":
      checker.report.add(hole, path, item.span, { expected: "a declaration", missing: [] });
      return;
    case "input":
    case "record":
    case "type":
      checker.itemType(path, item);
      return;
    case "binding": {
      const type = checker.itemType(path, item);
      checkBinding(checker, item.word, item.name, type, fileScope(path));
      return;
    }
    case "function":
      checkBody(checker, item, declarations.signature(item, path));
      return;
    case "model":
      checkModel(checker, declarations.model(item, path));
      return;
    case "ensure": {
      const type = checker.infer(item.value, fileScope(path));
      const fits = isSilent(type) || (isScalar(type) && type.element === "bool");
      if (!fits) {
        checker.report.add(notACondition, path, item.value.span, { found: describe(type) });
      }
    }
  }
}

function checkModel(checker: Checker, model: CheckedModel): void {
  for (const member of model.item.members) {
    if (member.kind === "layout") checkLayout(checker, member, model.scope);
    else if (member.kind === "hole") {
      checker.report.add(hole, model.module, member.span, { expected: "a member", missing: [] });
    }
  }
  for (const member of model.values) {
    checker.needs(member);
    const entry = model.scope.names.get(member.name.text);
    if (typeof entry === "function") entry();
    if (member.kind === "declared" && member.value !== undefined) {
      const type = typeof entry === "function" ? entry() : entry;
      if (type !== undefined) checker.expect(member.value, model.scope, type);
    }
  }
  for (const [member, signature] of model.functions) {
    checker.needs(member);
    checker.within(member, () => checkBody(checker, member, signature()));
  }
  checkDefaults(checker, model.item.parameters ?? [], model.scope);
}

function checkBody(checker: Checker, item: FunctionItem, signature: Signature): void {
  checkDefaults(checker, item.parameters, signature.scope);
  if (item.body?.kind !== "code") return;
  if (signature.result === undefined) {
    checker.functionResult(signature.type);
    return;
  }
  const { expression } = item.body;
  const name = item.name?.text;
  checker.expect(
    expression,
    signature.scope,
    signature.result,
    name === undefined ? "the result" : `the result of \`${name}\``,
  );
}

function checkDefaults(
  checker: Checker,
  parameters: FunctionItem["parameters"],
  scope: Scope,
): void {
  for (const { name, value } of parameters) {
    const type = scope.names.get(name.text);
    if (value === undefined || type === undefined || typeof type === "function") continue;
    checker.expect(value, scope, type, `\`${name.text}\``);
  }
}

/** The expression that gives a block its value: where a wrong result is shown. */
export function resultNode(node: Expression): Expression {
  return node.kind === "block" && node.result !== undefined ? resultNode(node.result) : node;
}
