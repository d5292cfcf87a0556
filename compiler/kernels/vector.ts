import { below, type Expression, linearForm, type Variable } from "./expression.ts";
import type { DeviceProfile } from "./profile.ts";
import type { Nest } from "./program.ts";

/**
 * Entries that one invocation can take at a time: four where the innermost counter is nothing but
 * the last coordinate of tensors in memory, aligned to four words, or not read at all.
 */
export function vectorOf(nest: Nest, profile: DeviceProfile): 1 | 4 {
  if (profile.vector === 1) return 1;
  const variable = vectorVariable(nest);
  if (variable === undefined || variable.size % 4 !== 0 || nest.range !== undefined) return 1;
  const inner = nest.inner.length > 0;
  // Without an inner loop a reduction is the entry itself, four of them then; accumulators are one.
  if (!inner && nest.phases.some((phase) => phase.reductions.length > 0)) return 1;
  const looped = nest.phases.filter((phase) => phase.looped === inner);
  if (inner && looped.some((phase) => phase.stores.length > 0 && phase.reductions.length > 0)) {
    // A running value and a store of it in one pass: lanes would see each other's entries.
    if (
      looped.some((phase) =>
        phase.stores.some((store) =>
          readsOwn(
            phase.reductions.map((r) => r.accumulator),
            store.value,
          ),
        ),
      )
    )
      return 1;
  }
  for (const phase of nest.phases) {
    if (phase.reductions.some((reduction) => reduction.combine === "argmax")) return 1;
    for (const store of phase.stores) {
      if (store.condition !== undefined) return 1;
      const depends = phase.looped === inner;
      if (depends && !aligned(store.index, variable, true)) return 1;
    }
  }
  const roots = nest.phases.flatMap((phase) => [
    ...phase.reductions.map((reduction) => reduction.value),
    ...phase.stores.map((store) => store.value),
  ]);
  const all = below(roots);
  const operandAligned = (operand: number) =>
    (nest.operands[operand]?.offset ?? 0) % 4 === 0 && !stepsUnevenly(nest, operand);
  const usesVariable = new Map<Expression, boolean>();
  for (const expression of all) {
    const parts =
      expression.kind === "linear"
        ? expression.terms.map((term) => term.atom)
        : expression.kind === "call"
          ? expression.arguments
          : expression.kind === "load"
            ? [expression.index]
            : [];
    const uses =
      expression.kind === "variable"
        ? expression.variable === variable
        : parts.some((part) => usesVariable.get(part) === true);
    usesVariable.set(expression, uses);
  }
  for (const expression of all) {
    if (expression.kind === "load") {
      if (usesVariable.get(expression.index) !== true) continue;
      if (!aligned(expression.index, variable, false) || !operandAligned(expression.operand))
        return 1;
    } else if (expression.kind === "call") {
      if (expression.element === "bool" || expression.element === "real") {
        if (
          expression.arguments.some(
            (part) => part.element === "int" && usesVariable.get(part) === true,
          )
        )
          return 1;
      } else if (usesVariable.get(expression) === true) return 1;
    }
  }
  for (const root of roots)
    if (root.element !== "real" && usesVariable.get(root) === true) return 1;
  for (const phase of nest.phases) {
    for (const store of phase.stores)
      if (phase.looped === inner && !operandAligned(store.operand)) return 1;
    for (const store of phase.stores)
      if (phase.looped === inner && store.value.element !== "real") return 1;
  }
  return 4;
}

/** The counter of which four entries are taken: of the inner loop, or of the rows without one. */
export function vectorVariable(nest: Nest): Variable | undefined {
  return nest.inner.length > 0 ? nest.inner.at(-1) : nest.rows.at(-1);
}

function readsOwn(accumulators: readonly number[], value: Expression): boolean {
  return below([value]).some(
    (part) => part.kind === "accumulator" && accumulators.includes(part.index),
  );
}

function stepsUnevenly(nest: Nest, operand: number): boolean {
  let place = nest.operands[operand]?.place;
  while (place?.kind === "stepped") {
    if (place.stride % 4 !== 0) return true;
    place = place.from;
  }
  return place?.kind === "carried" && place.start.kind === "stepped";
}

/** Counter · 1 + multiples of four, with the counter nowhere inside the other terms. */
function aligned(index: Expression, variable: Variable, needed: boolean): boolean {
  const { constant, terms } = linearForm(index);
  if (constant % 4 !== 0) return false;
  let found = false;
  for (const { atom, factor } of terms) {
    if (atom.kind === "variable" && atom.variable === variable) {
      if (factor !== 1) return false;
      found = true;
    } else if (factor % 4 !== 0) {
      return false;
    } else if (
      below([atom]).some((part) => part.kind === "variable" && part.variable === variable)
    ) {
      return false;
    }
  }
  return found || !needed;
}
