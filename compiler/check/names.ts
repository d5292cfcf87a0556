import type { NameNode } from "../../grammar/tree.ts";
import { unknownFunction, unknownName } from "../../program/diagnostics/catalogue/names.ts";
import { unknownStageKind } from "../../program/diagnostics/catalogue/stages.ts";
import type { Checker } from "./checker.ts";
import { hasUnreadParameter, itemAt } from "./damage.ts";
import { libraryModuleWith, lookup, PRELUDE } from "./modules.ts";
import { local, localNames, type Scope } from "./scope.ts";
import { suggest } from "./suggest.ts";
import { type Type, UNKNOWN } from "./types.ts";

/** All names that could stand at a place. */
export function namesInScope(checker: Checker, scope: Scope): string[] {
  const names = localNames(scope);
  const module = checker.program.modules.get(scope.module);
  const prelude = checker.program.modules.get(PRELUDE);
  if (module !== undefined) names.push(...module.declared.keys(), ...module.imported.keys());
  if (prelude !== undefined && prelude !== module) names.push(...prelude.declared.keys());
  return names;
}

/** Names whose kind fits the place: a type is no value, and only functions make stages. */
function namesFor(
  checker: Checker,
  scope: Scope,
  use: "value" | "function" | "stage",
): readonly string[] {
  const locals = new Set(localNames(scope));
  return namesInScope(checker, scope).filter((name) => {
    if (locals.has(name)) return use !== "stage";
    const item = lookup(checker.program, scope.module, name)?.item;
    switch (item?.kind) {
      case "type":
        return false;
      case "record":
      case "model":
        return use === "function";
      case "function":
        if (use !== "stage") return true;
        return item.body?.kind !== "row" || item.body.table.text === "stage";
      default:
        return use !== "stage";
    }
  });
}

/** Where `use` misspelt the name, that is the one fault. */
function wasMisspeltInUse(checker: Checker, name: string, scope: Scope): boolean {
  const imported = checker.program.modules.get(scope.module)?.imported ?? new Map();
  for (const { module, name: brought } of imported.values()) {
    const declared = checker.program.modules.get(module)?.declared;
    if (declared?.has(name) !== true || declared.has(brought)) continue;
    if (suggest(brought, declared.keys()) === name) return true;
  }
  return false;
}

/** The type of what a name stands for; says where it stands for nothing. */
export function resolveName(
  checker: Checker,
  node: NameNode,
  scope: Scope,
  use: "value" | "function" | "stage",
): Type {
  const own = local(scope, node.name);
  if (own !== undefined) return own;
  const found = lookup(checker.program, scope.module, node.name);
  if (found !== undefined) {
    checker.needs(found.item);
    return checker.itemType(found.module, found.item);
  }
  // What a module should have declared is reported at its `use`.
  if (checker.program.modules.get(scope.module)?.imported.has(node.name) === true) return UNKNOWN;
  // Without the prelude nobody can say what is missing.
  if (!checker.program.modules.has(PRELUDE)) return UNKNOWN;
  if (wasMisspeltInUse(checker, node.name, scope)) return UNKNOWN;
  // Where a parameter could not be read, its name is not known either; else one fault is said once.
  const item = itemAt(checker.program.modules.get(scope.module)?.tree, node.span.start);
  if (hasUnreadParameter(item)) return UNKNOWN;
  if (item !== undefined && checker.seen(item, node.name)) return UNKNOWN;
  const suggestion = suggest(node.name, namesFor(checker, scope, use));
  if (use === "stage") {
    checker.report.add(unknownStageKind, scope.module, node.span, { name: node.name, suggestion });
    return UNKNOWN;
  }
  const library =
    suggestion === undefined
      ? libraryModuleWith(node.name, checker.facts, checker.want)
      : undefined;
  const kind = use === "function" ? unknownFunction : unknownName;
  const fixes =
    suggestion === undefined
      ? []
      : [
          {
            title: `write \`${suggestion}\``,
            applicability: "likely" as const,
            edits: [{ file: scope.module, range: node.span, text: suggestion }],
          },
        ];
  checker.report.add(
    kind,
    scope.module,
    node.span,
    { name: node.name, suggestion, library },
    { fixes },
  );
  return UNKNOWN;
}
