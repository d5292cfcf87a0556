import type { ModelPlan, ParameterPlan } from "../../program/stage-plan.ts";
import { entries } from "../operations/shape.ts";
import type { Axis } from "../operations/tensor.ts";
import { layoutPlan } from "./layouts.ts";
import { find } from "./scope.ts";
import type { PlacedModel, PlacedParameter } from "./stage.ts";
import type { InstanceValue, ParameterValue, Value } from "./value.ts";
import { refuse, type Site, type World } from "./world.ts";

/**
 * Names every parameter of a model by the path to it; what is reached twice is one parameter.
 * Undefined where a part of the model could not be made, which has been said.
 */
export function placeModel(
  world: World,
  site: Site,
  instance: InstanceValue,
): PlacedModel | undefined {
  let whole = true;
  const parameters = new Map<number, PlacedParameter>();
  const visit = (value: Value, path: string, stack: Axis | undefined): void => {
    switch (value.kind) {
      case "parameter":
        if (!parameters.has(value.id)) parameters.set(value.id, placed(value, path, stack));
        break;
      case "instance":
        world.instancePaths.set(value, path);
        for (const [name, member] of value.members) visit(member, joined(path, name), stack);
        break;
      case "repeated": {
        if (stack !== undefined) {
          refuse(world, site, "modules that are repeated once, not within a repeated one", value);
          break;
        }
        visit(value.template, path, value.axis);
        break;
      }
      case "entry":
        visit(value.repeated, path, stack);
        break;
      case "record":
        for (const [name, field] of value.fields) visit(field, joined(path, name), stack);
        break;
      case "list":
        for (const [place, item] of value.items.entries()) visit(item, `${path}[${place}]`, stack);
        break;
      case "unknown":
        whole = false;
        break;
      case "stage":
        refuse(world, site, "modules that start from their initialisers", value);
        break;
      default:
        break;
    }
  };
  visit(instance, "", undefined);
  if (!whole) return undefined;
  const list = [...parameters.values()];
  return { instance, parameters: list, plan: modelPlan(world, instance, list) };
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function placed(parameter: ParameterValue, path: string, stack: Axis | undefined): PlacedParameter {
  return {
    parameter,
    path,
    state: `parameter:${path}`,
    axes: stack === undefined ? parameter.axes : [stack, ...parameter.axes],
    stack,
    trainable: true,
  };
}

function modelPlan(
  world: World,
  instance: InstanceValue,
  placedParameters: readonly PlacedParameter[],
): ModelPlan {
  const parameters = placedParameters.map((parameter): ParameterPlan => {
    const { path, state, axes, stack, trainable } = parameter;
    return {
      path,
      state,
      axes: axes.map(({ name, size }) => ({ name, size })),
      stack: stack?.size,
      trainable,
    };
  });
  const count = (list: readonly PlacedParameter[]): number =>
    list.reduce((total, parameter) => total + entries(parameter.axes), 0);
  const vocabulary = find(instance.scope, "vocab");
  return {
    name: instance.item.name.text,
    parameters,
    parameterCount: count(placedParameters),
    trainableCount: count(placedParameters.filter((parameter) => parameter.trainable)),
    vocabulary: vocabulary?.kind === "dimension" ? entries(vocabulary.axes) : undefined,
    layout: layoutPlan(world, instance, placedParameters),
  };
}
