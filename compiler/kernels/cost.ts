import { below } from "./expression.ts";
import type { Kernel } from "./program.ts";

/** Operations of one dispatch, roughly: for splitting submissions, not for reports. */
export function flopsOfKernel(kernel: Kernel): number {
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  if (kernel.kind === "product") {
    const loops = [kernel.batch, kernel.rows, kernel.columns, kernel.depth];
    return 2 * loops.reduce((all, one) => all * product(one.sizes), 1);
  }
  const entries = product([...kernel.rows, ...kernel.inner].map((loop) => loop.size));
  const roots = kernel.phases.flatMap((phase) => [
    ...phase.reductions.map((reduction) => reduction.value),
    ...phase.stores.map((store) => store.value),
  ]);
  const calls = below(roots).filter((part) => part.kind === "call" || part.kind === "load").length;
  return entries * Math.max(1, calls);
}
