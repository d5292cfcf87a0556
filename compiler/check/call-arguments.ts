import type { Setting, Span } from "../../grammar/tree.ts";
import {
  duplicateSetting,
  misplacedSetting,
  noEffect,
  positionalAfterNamed,
  tooManyArguments,
} from "../../program/diagnostics/catalogue/settings.ts";
import { hole, notCallable } from "../../program/diagnostics/catalogue/types.ts";
import type { Bound } from "./bind-arguments.ts";
import type { CallShape, Checker } from "./checker.ts";
import { NAMED_BY_DIMENSIONS } from "./operation-rules.ts";
import { reportUnknownSetting } from "./placement.ts";
import type { Scope } from "./scope.ts";
import { describe, type FunctionType, type ParameterType, type Type } from "./types.ts";
import { isRead } from "./usage.ts";

export function reportNotCallable(
  checker: Checker,
  callee: Type,
  scope: Scope,
  span: Span,
  call: CallShape,
): void {
  const text = checker.program.modules.get(scope.module)?.tree.text ?? "";
  const head = text.slice(span.start, span.end);
  checker.report.add(notCallable, scope.module, span, {
    found: describe(callee),
    help: call.braces
      ? `a block after \`${head}\` on the same line is read as its settings`
      : undefined,
  });
}

/** Types whatever stands in a call that cannot be checked, so that its names are looked at. */
export function inferAll(checker: Checker, call: CallShape, scope: Scope): readonly Type[] {
  const types: Type[] = [];
  if (call.piped !== undefined) types.push(checker.infer(call.piped, scope));
  for (const argument of call.arguments) types.push(checker.infer(argument.value, scope));
  inferSettings(checker, call.settings, scope);
  return types;
}

export function inferSettings(checker: Checker, settings: readonly Setting[], scope: Scope): void {
  for (const setting of settings) {
    switch (setting.kind) {
      case "setting":
      case "keyed-setting":
        checker.infer(setting.value, scope);
        break;
      case "every":
        checker.infer(setting.interval, scope);
        inferSettings(checker, setting.settings, scope);
        break;
      case "config":
        inferSettings(checker, setting.settings, scope);
        break;
      case "hole":
        checker.report.add(hole, scope.module, setting.span, { expected: "settings", missing: [] });
        break;
      case "error":
        break;
    }
  }
}

/** The signature, or of a long one only the part that matters here. */
export function signatureText(
  type: FunctionType,
  only: readonly { readonly name: string }[] = [],
): string {
  const matter = type.parameters.filter((parameter) =>
    only.some((slot) => slot.name === parameter.name),
  );
  const text = signatureOf(type, type.parameters);
  return text.length > 100 && matter.length > 0 ? signatureOf(type, matter) : text;
}

function signatureOf(type: FunctionType, shown: readonly ParameterType[]): string {
  const parameters = shown.map((parameter) => {
    const text = parameter.type.kind === "dimension" ? "Dim" : describe(parameter.type);
    return parameter.name === undefined ? text : `${parameter.name}: ${text}`;
  });
  const more = shown.length < type.parameters.length ? ", …" : "";
  return `${type.name ?? "it"}(${parameters.join(", ")}${more})`;
}

export function slotName(parameter: ParameterType, at: number): string {
  return parameter.name ?? `${at + 1}`;
}

function sourceText(checker: Checker, span: Span, scope: Scope): string {
  return checker.program.modules.get(scope.module)?.tree.text.slice(span.start, span.end) ?? "";
}

/** Parameters that misspelt settings were meant for: nothing is said of their absence. */
interface Meant {
  readonly names: ReadonlySet<string>;
  readonly misnamed: boolean;
}

export function reportBinding(
  checker: Checker,
  type: FunctionType,
  callee: string,
  bound: Bound,
  call: CallShape,
  scope: Scope,
): Meant {
  const { report } = checker;
  const names = new Set<string>();
  for (const problem of bound.problems) {
    switch (problem.kind) {
      case "too-many":
        checker.infer(problem.given.value, scope);
        if (type.row?.row !== "zip") {
          report.add(tooManyArguments, scope.module, problem.given.span, {
            callee,
            most: problem.most,
            signature: signatureText(type),
          });
        }
        break;
      case "duplicate":
        checker.infer(problem.given.value, scope);
        report.add(
          duplicateSetting,
          scope.module,
          problem.given.name?.span ?? problem.given.span,
          { name: problem.parameter, callee },
          {
            related: [
              {
                place: { file: scope.module, range: problem.first.span },
                message: "given here first",
              },
            ],
          },
        );
        break;
      case "positional-after-named":
        checker.infer(problem.given.value, scope);
        report.add(positionalAfterNamed, scope.module, problem.given.span, { callee });
        break;
      case "config":
        report.add(misplacedSetting, scope.module, problem.span, { form: "config", callee });
        break;
    }
  }
  for (const keyed of bound.keyed) {
    checker.infer(keyed.value, scope);
    report.add(misplacedSetting, scope.module, keyed.key.span, {
      form: sourceText(checker, keyed.key.span, scope),
      callee,
    });
  }
  const byDimensions = type.row !== undefined && NAMED_BY_DIMENSIONS.has(type.row.row);
  if (!byDimensions) {
    for (const given of bound.unknown) {
      checker.infer(given.value, scope);
      const suggestion = reportUnknownSetting(checker, type, given, call, scope);
      if (suggestion !== undefined) names.add(suggestion);
    }
  }
  for (const span of bound.holes) {
    report.add(hole, scope.module, span, {
      expected: `settings of \`${callee}\``,
      missing: bound.missing.map((slot) => slot.name),
    });
  }
  return { names, misnamed: !byDimensions && bound.unknown.length > 0 };
}

/** A named setting that the callee never reads has no effect. */
export function reportUnread(
  checker: Checker,
  type: FunctionType,
  callee: string,
  bound: Bound,
  scope: Scope,
): void {
  const { declaration } = type;
  if (declaration === undefined || type.row !== undefined) return;
  for (const [name, given] of bound.values) {
    if (given.how === "positional" || given.how === "piped") continue;
    if (isRead(declaration, name)) continue;
    checker.report.add(noEffect, scope.module, given.name?.span ?? given.span, { name, callee });
  }
}
