import type { LayoutTensor, ModelPlan } from "../../program/stage-plan.ts";

export interface Stored {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Where each entry of a stored tensor stands in the state that holds it. */
function* positions(tensor: LayoutTensor, model: ModelPlan): Generator<number> {
  const parameter = model.parameters.find((other) => other.state === tensor.state);
  if (parameter === undefined) throw new Error(`no parameter for ${tensor.name}`);
  const own = parameter.axes.slice(parameter.stack === undefined ? 0 : 1).map((axis) => axis.size);
  const strides = own.map((_, axis) => own.slice(axis + 1).reduce((a, b) => a * b, 1));
  const count = own.reduce((a, b) => a * b, 1);
  const sizes = tensor.order.map((axis) => own[axis] ?? 1);
  for (let entry = 0; entry < count; entry += 1) {
    let rest = entry;
    let offset = (tensor.entry ?? 0) * count;
    for (let place = sizes.length - 1; place >= 0; place -= 1) {
      const size = sizes[place] ?? 1;
      offset += (rest % size) * (strides[tensor.order[place] ?? 0] ?? 0);
      rest = Math.floor(rest / size);
    }
    yield offset;
  }
}

/** States made of tensors as a published checkpoint stores them, through the model's layout. */
export function statesOf(
  model: ModelPlan,
  stored: Readonly<Record<string, Stored>>,
  prefix = "parameter",
  suffix = "",
): Record<string, Float64Array> {
  const states: Record<string, Float64Array> = {};
  for (const parameter of model.parameters) {
    const size = parameter.axes.reduce((count, axis) => count * axis.size, 1);
    states[`${prefix}:${parameter.path}${suffix}`] = new Float64Array(size);
  }
  for (const tensor of model.layout?.tensors ?? []) {
    const values = stored[tensor.name]?.values;
    const state = states[tensor.state.replace("parameter", prefix) + suffix];
    if (values === undefined || state === undefined) throw new Error(`no ${tensor.name}`);
    let entry = 0;
    for (const position of positions(tensor, model)) {
      state[position] = values[entry] ?? Number.NaN;
      entry += 1;
    }
  }
  return states;
}

/** The inverse: tensors as a published checkpoint stores them, of states with this prefix and suffix. */
export function tensorsOf(
  model: ModelPlan,
  states: Readonly<Record<string, ArrayLike<number>>>,
  prefix = "parameter",
  suffix = "",
): Record<string, Float64Array> {
  const tensors: Record<string, Float64Array> = {};
  for (const tensor of model.layout?.tensors ?? []) {
    const state = states[tensor.state.replace("parameter", prefix) + suffix] ?? [];
    tensors[tensor.name] = Float64Array.from(
      positions(tensor, model),
      (position) => state[position] ?? Number.NaN,
    );
  }
  return tensors;
}
