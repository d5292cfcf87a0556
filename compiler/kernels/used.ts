import { below } from "./expression.ts";
import type { Kernel } from "./program.ts";

/** Operands that are still read or written after conditions were decided at compile time. */
export function usedOperands(kernel: Kernel): ReadonlySet<number> {
  const used = new Set<number>();
  const phases =
    kernel.kind === "nest"
      ? kernel.phases
      : [{ looped: false, reductions: [], stores: kernel.stores }];
  if (kernel.kind === "product") {
    used.add(kernel.left).add(kernel.right);
    if (kernel.result !== undefined) used.add(kernel.result);
  }
  const range = kernel.kind === "nest" ? kernel.range : undefined;
  const roots = phases.flatMap((phase) => [
    ...phase.reductions.map((reduction) => reduction.value),
    ...phase.stores.flatMap((store) => [
      store.index,
      store.value,
      ...(store.condition === undefined ? [] : [store.condition]),
    ]),
  ]);
  if (range !== undefined) roots.push(range.from, range.to);
  for (const phase of phases) for (const store of phase.stores) used.add(store.operand);
  for (const part of below(roots)) if (part.kind === "load") used.add(part.operand);
  return used;
}
