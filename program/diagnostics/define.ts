import type { Diagnostic, Fix, Place } from "./diagnostic.ts";

/**
 * One row of the catalogue: the words for a fact that some room states.
 *
 * `explain` is a pair of recipes; the wrong one yields this code and the right one none, by test.
 * A code that no recipe alone can cause (a full disk) has a `cause` instead of the pair.
 */
export interface DiagnosticKind<Facts> {
  readonly code: string;
  readonly severity: Diagnostic["severity"];
  readonly title: string;
  readonly message: (facts: Facts) => string;
  readonly help?: (facts: Facts) => string | undefined;
  readonly explain:
    | { readonly why: string; readonly wrong: string; readonly right: string }
    | { readonly why: string; readonly cause: string; readonly remedy: string };
}

/** Declares a kind of diagnostic; the type of its facts is inferred from `message`. */
export function define<Facts>(kind: DiagnosticKind<Facts>): DiagnosticKind<Facts> {
  return kind;
}

/** Turns a structured fact at a place into the diagnostic that a reader is shown. */
export function diagnose<Facts>(
  kind: DiagnosticKind<Facts>,
  place: Place,
  facts: Facts,
  more: { readonly related?: Diagnostic["related"]; readonly fixes?: readonly Fix[] } = {},
): Diagnostic {
  return {
    code: kind.code,
    severity: kind.severity,
    message: kind.message(facts),
    place,
    related: more.related ?? [],
    help: kind.help?.(facts),
    fixes: more.fixes ?? [],
  };
}
