import { noSuchParameter, promiseBroken } from "../../program/diagnostics/catalogue/budget.ts";
import { dependences } from "../graph/index.ts";
import type { Node } from "../operations/tensor.ts";
import { placeModel } from "./place-model.ts";
import { callWithModel } from "./programs/objective.ts";
import { stateReader } from "./programs/reader.ts";
import { tokenInputs, tokensRecord } from "./programs/tokens.ts";
import { matchesSelector } from "./selector.ts";
import type { PlacedModel } from "./stage.ts";
import type { ContractValue, FunctionValue, Value } from "./value.ts";
import { refuse, report, type Site, type World } from "./world.ts";

/** `independent(model.logits, of: "inserted.**")`: no chosen parameter reaches the value. */
export function checkIndependence(
  world: World,
  site: Site,
  text: string,
  contract: ContractValue,
): void {
  const { subject } = contract;
  const path = subject.kind === "result" ? subject.path : [];
  const callee = subject.kind === "result" ? subject.callee : subject;
  if (callee.kind !== "function" || callee.receiver === undefined) {
    refuse(world, site, "a function of a model, as `model.logits`", subject);
    return;
  }
  const model = placeModel(world, site, callee.receiver);
  if (model === undefined) return;
  const chosen = chosenParameters(world, site, model, contract.given.get("of"));
  if (chosen === undefined) return;
  const reader = stateReader(world, model);
  const outputs = tracedOutputs(world, site, model, callee, path);
  if (outputs.length === 0) {
    refuse(world, site, "a function of tokens that gives tensors", callee);
    return;
  }
  const inputs = chosen.map(({ parameter }) => reader.read(parameter));
  const reaching = new Set(dependences(outputs, inputs).flatMap(({ on }) => [...on]));
  const first = chosen.find(({ parameter }) => reaching.has(reader.read(parameter)));
  if (first === undefined) return;
  report(world, promiseBroken, site, {
    text,
    found: `that it reads \`${first.path}\``,
    phase: undefined,
  });
}

function chosenParameters(
  world: World,
  site: Site,
  model: PlacedModel,
  of: Value | undefined,
): PlacedModel["parameters"] | undefined {
  const selectors = of?.kind === "list" ? of.items : of === undefined ? [] : [of];
  const chosen = new Set<PlacedModel["parameters"][number]>();
  for (const selector of selectors) {
    if (selector.kind !== "text") {
      refuse(world, site, "the path of parameters", selector);
      return undefined;
    }
    const matching = model.parameters.filter(({ path }) => matchesSelector(selector.value, path));
    if (matching.length === 0) {
      const known = model.parameters.map(({ path }) => path);
      report(world, noSuchParameter, site, { selector: selector.value, known });
      return undefined;
    }
    for (const parameter of matching) chosen.add(parameter);
  }
  return [...chosen];
}

/** The tensors of a function's result on some tokens. */
function tracedOutputs(
  world: World,
  site: Site,
  model: PlacedModel,
  callee: FunctionValue,
  path: readonly string[],
): readonly Node[] {
  const axes = [world.builder.axis("batch", 2), world.builder.axis("time", 4)];
  world.parameters = stateReader(world, model);
  const data = tokensRecord(world, tokenInputs(world, axes));
  let value = callWithModel(world, site, callee, model.instance, data);
  world.parameters = undefined;
  for (const name of path) {
    value = value.kind === "record" ? (value.fields.get(name) ?? { kind: "none" }) : value;
  }
  const nodes: Node[] = [];
  const collect = (part: Value): void => {
    if (part.kind === "tensor") nodes.push(part.node);
    if (part.kind === "record") for (const field of part.fields.values()) collect(field);
  };
  collect(value);
  return nodes;
}
