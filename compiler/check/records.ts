import type { Expression, Name, RecordNode } from "../../grammar/tree.ts";
import { duplicateField, hole, unknownField } from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import { isEmpty } from "./dimensions.ts";
import { matching } from "./matching.ts";
import type { Scope } from "./scope.ts";
import { suggest } from "./suggest.ts";
import { type FieldType, type RecordType, type Type, UNKNOWN } from "./types.ts";

/** The record type among what is expected, where there is one. */
function expectedRecord(expected: Type | undefined): RecordType | undefined {
  if (expected?.kind === "record") return expected;
  if (expected?.kind !== "union") return undefined;
  const records = expected.members.filter((member) => member.kind === "record");
  const [only] = records;
  return only?.kind === "record" && records.length === 1 ? only : undefined;
}

export function inferRecord(
  checker: Checker,
  node: RecordNode,
  scope: Scope,
  expected: Type | undefined,
): Type {
  const wanted = expectedRecord(expected);
  const fields = new Map<string, FieldType>();
  let open = false;
  for (const field of node.fields) {
    if (field.kind === "error") {
      open = true;
      continue;
    }
    if (field.kind === "hole") {
      open = true;
      const missing = [...(wanted?.fields ?? [])].filter(
        ([name, one]) =>
          one.required &&
          !node.fields.some((other) => other.kind === "record-field" && other.name.text === name),
      );
      checker.report.add(hole, scope.module, field.span, {
        expected: "fields of the record",
        missing: missing.map(([name]) => name),
      });
      continue;
    }
    const name = field.name.text;
    if (wanted?.name !== undefined && !wanted.fields.has(name)) {
      reportUnknownField(checker, field.name, wanted, scope);
    }
    const type = inferField(checker, field, wanted, scope);
    if (fields.has(name)) {
      checker.report.add(duplicateField, scope.module, field.name.span, { name });
    } else fields.set(name, { type, required: true });
  }
  if (open) return UNKNOWN;
  return {
    kind: "record",
    name: undefined,
    declaration: undefined,
    fields,
    others: undefined,
    lifted: undefined,
  };
}

/** The value of a field; where its type can be judged alone, a fault is shown at the field. */
function inferField(
  checker: Checker,
  field: { readonly name: Name; readonly value: Expression },
  wanted: RecordType | undefined,
  scope: Scope,
): Type {
  const expected = wanted?.fields.get(field.name.text)?.type;
  const type = checker.infer(field.value, scope, expected);
  if (expected === undefined || wanted?.name === undefined || !isPlain(expected)) return type;
  const problem = checker.match(expected, type, matching());
  if (problem === undefined) return type;
  checker.reportProblem(problem, scope, field.value.span, {
    expected,
    actual: type,
    what: `\`${field.name.text}\` of \`${wanted.name}\``,
  });
  return UNKNOWN;
}

/** A type without anything that a call could still bind. */
function isPlain(type: Type): boolean {
  switch (type.kind) {
    case "tensor":
      return isEmpty(type.dimensions) && type.value === undefined;
    case "named":
    case "none":
    case "literal":
    case "count":
      return true;
    case "union":
      return type.members.every(isPlain);
    default:
      return false;
  }
}

/** A record that is written out for a declared type has the fields of that type only. */
function reportUnknownField(checker: Checker, name: Name, wanted: RecordType, scope: Scope): void {
  const known = [...wanted.fields.keys()];
  checker.report.add(unknownField, scope.module, name.span, {
    name: name.text,
    of: wanted.name ?? "the record",
    known,
    suggestion: suggest(name.text, known),
  });
}
