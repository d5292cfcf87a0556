import { visit } from "../../grammar/index.ts";
import type { Expression, LayoutMember, Setting, Span, StringNode } from "../../grammar/tree.ts";
import { notADimension } from "../../program/diagnostics/catalogue/dimensions.ts";
import {
  layoutDimensions,
  layoutIndex,
  layoutPath,
} from "../../program/diagnostics/catalogue/models.ts";
import { duplicateSetting } from "../../program/diagnostics/catalogue/settings.ts";
import { hole } from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import { isEmpty, NO_DIMENSIONS, union, without } from "./dimensions.ts";
import { inner, local, type Scope } from "./scope.ts";
import { describe, INT, isSilent, type Type, withoutNone } from "./types.ts";

/** A layout pairs stored tensors with parameters: paths exist, and each dimension is named once. */
export function checkLayout(checker: Checker, layout: LayoutMember, scope: Scope): void {
  for (const argument of layout.arguments) checker.infer(argument.value, scope);
  reportTwice(checker, layout.settings, scope);
  for (const setting of layout.settings) checkEntry(checker, setting, scope);
}

/** Neither of two entries of one name wins in silence. */
function reportTwice(checker: Checker, settings: readonly Setting[], scope: Scope): void {
  const seen = new Map<string, Span>();
  for (const setting of settings) {
    if (setting.kind !== "setting" && setting.kind !== "keyed-setting") continue;
    const span = setting.kind === "setting" ? setting.name.span : setting.key.span;
    const name = textOf(checker, { span }, scope);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, span);
    else {
      const related = [
        { place: { file: scope.module, range: first }, message: "given here first" },
      ];
      const facts = { name, callee: "layout" };
      checker.report.add(duplicateSetting, scope.module, span, facts, { related });
    }
  }
}

function checkEntry(checker: Checker, setting: Setting, scope: Scope): void {
  switch (setting.kind) {
    case "config":
      reportTwice(checker, setting.settings, scope);
      for (const entry of setting.settings) {
        if (entry.kind === "setting" || entry.kind === "keyed-setting") {
          checker.infer(entry.value, scope);
        } else checkEntry(checker, entry, scope);
      }
      break;
    case "keyed-setting":
      if (setting.key.kind === "string") {
        checkTensor(checker, setting.key, setting.value, scope);
      }
      break;
    case "hole":
      checker.report.add(hole, scope.module, setting.span, {
        expected: "entries of the layout",
        missing: [],
      });
      break;
    default:
      break;
  }
}

function textOf(checker: Checker, node: { readonly span: Span }, scope: Scope): string {
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  return text.slice(node.span.start, node.span.end);
}

function checkTensor(checker: Checker, key: StringNode, value: Expression, scope: Scope): void {
  const counted = key.pieces.flatMap((piece) =>
    piece.kind === "path" && piece.path[0] !== undefined ? [piece.path[0]] : [],
  );
  const inside = inner(
    scope,
    counted.map((name) => [name.text, INT] as const),
  );
  const keyText = textOf(checker, key, scope).slice(1, -1);
  const chosen = indexNames(value);
  let unbound = false;
  for (const index of chosen) {
    if (local(inside, index.name) !== undefined) continue;
    unbound = true;
    checker.report.add(layoutIndex, scope.module, index.span, {
      index: index.name,
      key: keyText,
      inKey: false,
    });
    inside.names.set(index.name, INT);
  }
  if (!unbound) {
    for (const name of counted) {
      if (chosen.some((index) => index.name === name.text)) continue;
      checker.report.add(layoutIndex, scope.module, name.span, {
        index: name.text,
        key: keyText,
        inKey: true,
      });
    }
  }
  checkValue(checker, value, inside);
}

/** Names that choose an entry of a list of modules: `i` of `blocks[i].norm[width]`. */
function indexNames(value: Expression): readonly Extract<Expression, { kind: "reference" }>[] {
  const names: Extract<Expression, { kind: "reference" }>[] = [];
  visit(value, (node) => {
    // Only the outermost brackets hold dimensions; those inside the path choose entries.
    if (node.kind !== "field") return;
    const { object } = node as Extract<Expression, { kind: "field" }>;
    if (object.kind !== "index") return;
    for (const index of object.indices) {
      if (index.value.kind === "reference") names.push(index.value);
    }
  });
  return names;
}

function checkValue(checker: Checker, value: Expression, scope: Scope): void {
  switch (value.kind) {
    case "none":
    case "error":
      return;
    case "if":
      checker.infer(value.condition, scope);
      checkValue(checker, value.then, scope);
      if (value.otherwise !== undefined) checkValue(checker, value.otherwise, scope);
      return;
    case "block":
      if (value.result !== undefined) checkValue(checker, value.result, scope);
      return;
    case "index": {
      const parameter = withoutNone(checker.infer(value.object, scope));
      if (isSilent(parameter) || parameter.kind === "union") return;
      if (!isParameter(parameter)) {
        refuse(checker, value.object, parameter, scope);
        return;
      }
      const path = textOf(checker, value.object, scope);
      let named = NO_DIMENSIONS;
      for (const index of value.indices) {
        const type = checker.infer(index.value, scope);
        if (type.kind !== "dimension") {
          if (!isSilent(type)) {
            checker.report.add(notADimension, scope.module, index.span, {
              found: describe(type),
              what: undefined,
            });
          }
          return;
        }
        named = union(named, type.dimensions);
      }
      const missing = without(parameter.dimensions, named).named;
      const extra = without(named, parameter.dimensions).named;
      if (missing.length + extra.length === 0) return;
      checker.report.add(layoutDimensions, scope.module, value.span, {
        path,
        missing: missing.map((dimension) => dimension.name),
        extra: extra.map((dimension) => dimension.name),
      });
      return;
    }
    default: {
      const type = checker.infer(value, scope);
      if (!isSilent(type)) refuse(checker, value, type, scope);
    }
  }
}

function isParameter(type: Type): type is Extract<Type, { kind: "tensor" }> {
  return type.kind === "tensor" && !isEmpty(type.dimensions);
}

function refuse(checker: Checker, node: Expression, type: Type, scope: Scope): void {
  checker.report.add(layoutPath, scope.module, node.span, {
    path: textOf(checker, node, scope),
    found: isParameter(type) ? "written without its order" : describe(type),
  });
}
