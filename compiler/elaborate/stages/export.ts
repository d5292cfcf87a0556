import { noLayout } from "../../../program/diagnostics/catalogue/budget.ts";
import { canonicalTexts } from "../key.ts";
import type { RowCall } from "../rows.ts";
import { NONE, UNKNOWN, type Value } from "../value.ts";
import { placeOf, refuse, report, type World } from "../world.ts";

/** `export(stage, to: …)`: the checkpoint in the layout that other programs read. */
export function exportStage(world: World, call: RowCall): Value {
  const { site } = call;
  const model = call.values.get("model") ?? NONE;
  const to = call.values.get("to") ?? NONE;
  if (model.kind === "unknown" || to.kind === "unknown") return UNKNOWN;
  if (model.kind !== "stage") return refuse(world, site, "a stage's result", model);
  if (to.kind !== "text") return refuse(world, site, "the name of a folder", to);
  const from = model.stage.kind === "train" ? model.stage : model.stage.from;
  const { layout, name } = from.model.plan;
  if (layout === undefined) {
    return report(world, noLayout, site, { model: name, format: "huggingface" });
  }
  const address = world.address.join(".");
  const stage = {
    kind: "export",
    plan: {
      kind: "export",
      address,
      get keyMaterial() {
        const text = canonicalTexts(world).text(model);
        return ["export", JSON.stringify(to.value), text].join("\n");
      },
      place: placeOf(site),
      reads: [from.plan.address],
      from: from.plan.address,
      to: to.value,
      layout,
    },
    site,
    from,
  } as const;
  world.stages.push(stage);
  return { kind: "stage", stage };
}
