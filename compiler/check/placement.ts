import type { Argument, Expression, Setting } from "../../grammar/tree.ts";
import { unknownSetting } from "../../program/diagnostics/catalogue/settings.ts";
import type { Given } from "./bind-arguments.ts";
import type { CallShape, Checker } from "./checker.ts";
import { lookup, PRELUDE } from "./modules.ts";
import { local, type Scope } from "./scope.ts";
import { suggest } from "./suggest.ts";
import type { FunctionType } from "./types.ts";

/**
 * A setting that the callee does not have: where the same name is a parameter of a call beside it, it
 * belongs there; else a name that is spelt alike was meant; else a function in scope has it. Gives
 * the name that was meant.
 */
export function reportUnknownSetting(
  checker: Checker,
  type: FunctionType,
  given: Given,
  call: CallShape,
  scope: Scope,
): string | undefined {
  const name = given.name?.text ?? "";
  const known = type.parameters.flatMap((parameter) => parameter.name ?? []);
  const near = calleesIn(call).find((callee) => hasParameter(checker, callee, name, scope));
  const suggestion = near === undefined ? suggest(name, known) : undefined;
  const belongs =
    near ?? (suggestion === undefined ? elsewhere(checker, type, name, scope) : undefined);
  const span = given.name?.span ?? given.span;
  checker.report.add(
    unknownSetting,
    scope.module,
    span,
    { name, callee: type.name ?? "the function", suggestion, belongs, known },
    {
      fixes:
        suggestion === undefined
          ? []
          : [
              {
                title: `write \`${suggestion}\``,
                applicability: "likely",
                edits: [{ file: scope.module, range: span, text: suggestion }],
              },
            ],
    },
  );
  return suggestion;
}

/** Names of what is called among the arguments of a call, in order. */
function calleesIn(call: CallShape): readonly string[] {
  const names: string[] = [];
  const look = (node: Expression): void => {
    switch (node.kind) {
      case "call":
        if (node.callee.kind === "reference") names.push(node.callee.name);
        for (const argument of node.arguments) look(argument.value);
        for (const setting of node.settings) lookSetting(setting);
        break;
      case "binary":
        look(node.left);
        look(node.right);
        break;
      case "list":
        for (const item of node.items) look(item);
        break;
      case "record":
        for (const field of node.fields) if (field.kind === "record-field") look(field.value);
        break;
      case "group":
        look(node.value);
        break;
      default:
        break;
    }
  };
  const lookSetting = (setting: Setting): void => {
    if (setting.kind === "setting" || setting.kind === "keyed-setting") look(setting.value);
    else if (setting.kind === "every") for (const inner of setting.settings) lookSetting(inner);
  };
  const lookArgument = (argument: Argument): void => look(argument.value);
  for (const argument of call.arguments) lookArgument(argument);
  for (const setting of call.settings) lookSetting(setting);
  return names;
}

function hasParameter(checker: Checker, callee: string, name: string, scope: Scope): boolean {
  if (local(scope, callee) !== undefined) return false;
  const item = lookup(checker.program, scope.module, callee)?.item;
  if (item?.kind === "record") return item.type.fields.some((field) => field.name.text === name);
  if (item?.kind !== "function" && item?.kind !== "model") return false;
  return (item.parameters ?? []).some((parameter) => parameter.name.text === name);
}

/** A function of the file, of what it uses, or a record or stage of the prelude with that setting. */
function elsewhere(
  checker: Checker,
  type: FunctionType,
  name: string,
  scope: Scope,
): string | undefined {
  const module = checker.program.modules.get(scope.module);
  if (module === undefined) return undefined;
  const near = [...module.imported.keys(), ...module.declared.keys()];
  const found = near.find((one) => one !== type.name && hasParameter(checker, one, name, scope));
  if (found !== undefined) return found;
  const prelude = checker.program.modules.get(PRELUDE);
  for (const [one, item] of prelude?.declared ?? []) {
    const isStage =
      item.kind === "function" && item.body?.kind === "row" && item.body.table.text === "stage";
    if (isStage && one !== type.name && hasParameter(checker, one, name, scope)) return one;
  }
  return undefined;
}
