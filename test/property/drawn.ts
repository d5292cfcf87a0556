import { uniforms } from "../../program/random.ts";
import type { ModelPlan } from "../../program/stage-plan.ts";
import type { Values } from "../run/machine.ts";

/** Parameters far from their initial values, so that logits and gradients are of ordinary size. */
export function drawnParameters(plan: ModelPlan): Values {
  return Object.fromEntries(
    plan.parameters.map(({ path, state, axes }) => {
      const count = axes.reduce((product, axis) => product * axis.size, 1);
      const centre = path.endsWith("scale") ? 1 : 0;
      return [state, uniforms(4, path, count).map((number) => centre + 0.8 * (number - 0.5))];
    }),
  );
}
