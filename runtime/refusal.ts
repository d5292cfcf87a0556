import type { Diagnostic } from "../program/diagnostics/diagnostic.ts";

/** What a public function of the runtime gives: a value, or what the user has to know. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Carries diagnostics from where they arise up to the public function that returns them; it never
 * leaves the runtime. (Files fail by exceptions anyway; both take the same way up.)
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ code, message }) => `${code}: ${message}`).join("; "));
    this.diagnostics = diagnostics;
  }
}

export function refuse(...diagnostics: readonly Diagnostic[]): never {
  throw new Refusal(diagnostics);
}

/** Runs the work and gives its value, or the diagnostics that it was refused with. */
export async function outcome<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, diagnostics: error.diagnostics };
    throw error;
  }
}
