import type { Span } from "../../grammar/tree.ts";
import {
  dimensionAsNumber,
  notADimension,
  sizeClash,
  wrongDimensions,
} from "../../program/diagnostics/catalogue/dimensions.ts";
import { memberMismatch, notSatisfied } from "../../program/diagnostics/catalogue/models.ts";
import { missingSettings } from "../../program/diagnostics/catalogue/settings.ts";
import { notTrained } from "../../program/diagnostics/catalogue/stages.ts";
import {
  maybeNone,
  mismatch,
  missingFields,
  missingUnit,
  unwantedUnit,
  wrongArity,
  wrongUnit,
} from "../../program/diagnostics/catalogue/types.ts";
import type { Problem } from "./matching.ts";
import { CALLED } from "./models.ts";
import type { Report } from "./report.ts";
import { constantOf } from "./sizes.ts";
import { describe, type Type } from "./types.ts";

export interface ProblemContext {
  readonly file: string;
  readonly span: Span;
  readonly expected: Type;
  readonly actual: Type;
  readonly what: string | undefined;
  /** As written, for a suggestion: `0.05` for `5%`. */
  readonly number: string | undefined;
}

/** Turns a problem of matching into the diagnostic that says it. */
export function reportProblem(report: Report, problem: Problem, context: ProblemContext): void {
  const { file, span, expected, actual, what } = context;
  switch (problem.kind) {
    case "mismatch":
      report.add(mismatch, file, span, {
        what,
        expected: describe(expected),
        found: describe(actual),
        help: adviceFor(expected, actual, context.number),
      });
      break;
    case "dimensions":
      report.add(wrongDimensions, file, span, {
        what,
        expected: describe(expected),
        found: describe(actual),
        missing: problem.missing,
        extra: problem.extra,
      });
      break;
    case "clash":
      report.add(sizeClash, file, span, {
        name: problem.left.name,
        left: constantOf(problem.left.size),
        right: constantOf(problem.right.size),
      });
      break;
    case "unit":
      report.add(wrongUnit, file, span, {
        what,
        expected: problem.expected,
        found: problem.found,
      });
      break;
    case "missing-unit":
      report.add(missingUnit, file, span, {
        what,
        expected: problem.expected,
        number: context.number,
      });
      break;
    case "unwanted-unit":
      report.add(unwantedUnit, file, span, {
        what,
        expected: describe(expected),
        found: actual.kind === "count" ? `a number of ${actual.units.join(", ")}` : "a share",
        number: context.number,
      });
      break;
    case "maybe-none":
      report.add(maybeNone, file, span, {
        found: describe(actual),
        use: what ?? describe(expected),
      });
      break;
    case "not-dimension":
      report.add(notADimension, file, span, { found: describe(actual), what });
      break;
    case "dimension-as-number":
      report.add(dimensionAsNumber, file, span, { name: problem.name });
      break;
    case "missing-fields":
      report.add(missingFields, file, span, { names: problem.names, of: problem.of });
      break;
    case "not-satisfied":
      report.add(notSatisfied, file, span, {
        model: problem.model.declaration.name.text,
        interface: problem.wanted.declaration.name.text,
        missing: problem.missing.map(memberText),
      });
      break;
    case "member":
      report.add(memberMismatch, file, span, {
        model: problem.model.declaration.name.text,
        interface: problem.wanted.declaration.name.text,
        member: memberText(problem.member),
        expected: problem.expected,
        found: problem.found,
      });
      break;
    case "untrained":
      report.add(notTrained, file, span, { what, found: describe(actual) });
      break;
    case "arity":
      report.add(wrongArity, file, span, {
        expected: problem.expected,
        found: problem.found,
      });
      break;
    case "incomplete":
      report.add(missingSettings, file, span, {
        names: problem.missing,
        callee: what ?? "the function",
        signature: describe(actual),
      });
      break;
  }
}

function memberText(name: string): string {
  return name === CALLED ? "fn (…)" : name;
}

/** What to do about two types that are often confused. */
function adviceFor(expected: Type, actual: Type, number: string | undefined): string | undefined {
  if (expected.kind === "named" && expected.name === "Share" && number !== undefined) {
    const share = Number((Number(number) * 100).toPrecision(12));
    return share <= 100 ? `write \`${share}%\`` : undefined;
  }
  if (expected.kind === "data" && actual.kind === "data") {
    const rows = describe(expected.row);
    const found = describe(actual.row);
    if (rows === "Tokens" && found === "Document") {
      return "tokenize this first: `|> tokenize(…)`";
    }
    if (rows === "Document" && found === "Tokens") return "this is tokenized already";
    return undefined;
  }
  if (actual.kind === "function" && actual.parameters.length > 0) {
    const missing = actual.parameters.filter((parameter) => parameter.required);
    const names = missing.map((parameter) => `\`${parameter.name ?? "…"}\``).join(", ");
    if (missing.length > 0 && expected.kind !== "function") return `it still waits for ${names}`;
  }
  if (expected.kind === "tensor" && expected.element === "int" && actual.kind === "tensor") {
    return actual.element === "real" ? "write a whole number, or `to_int(floor(…))`" : undefined;
  }
  if (expected.kind === "record" && actual.kind === "data")
    return "this is data, not one row of it";
  return undefined;
}
