import { notAStage, notData } from "../../program/diagnostics/catalogue/stages.ts";
import type { Checker } from "./checker.ts";
import type { Scope } from "./scope.ts";
import { describe, type Type } from "./types.ts";

/** What `data` and `stage` name must be that. */
export function checkBinding(
  checker: Checker,
  word: "let" | "data" | "stage" | "dim",
  name: { readonly text: string; readonly span: { readonly start: number; readonly end: number } },
  type: Type,
  scope: Scope,
): void {
  if (word === "data" && !isData(type)) {
    checker.report.add(notData, scope.module, name.span, {
      name: name.text,
      found: describe(type),
    });
  }
  if (word === "stage" && !isStage(type)) {
    checker.report.add(notAStage, scope.module, name.span, {
      name: name.text,
      found: describe(type),
    });
  }
}

function isData(type: Type): boolean {
  switch (type.kind) {
    case "data":
    case "unknown":
    case "variable":
      return true;
    case "named":
      // The result of a stage that makes rows.
      return type.name === "Any";
    case "list":
      return isData(type.element);
    case "record":
      return (
        (type.others === undefined || isData(type.others)) &&
        [...type.fields.values()].every((field) => isData(field.type))
      );
    case "union":
      return type.members.every(isData);
    default:
      return false;
  }
}

function isStage(type: Type): boolean {
  switch (type.kind) {
    case "unknown":
    case "data":
    case "variable":
      return true;
    case "model":
      return type.concrete || type.variable !== undefined;
    case "named":
      return ["Any", "Checkpoint", "Folder", "Delta", "Model"].includes(type.name);
    case "list":
      return isStage(type.element);
    case "record":
      return (
        (type.others === undefined || isStage(type.others)) &&
        [...type.fields.values()].every((field) => isStage(field.type))
      );
    case "union":
      return type.members.every(isStage);
    default:
      return false;
  }
}
