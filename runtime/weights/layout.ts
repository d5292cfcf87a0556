import { invariant } from "../../program/invariant.ts";
import type {
  LayoutPlan,
  LayoutTensor,
  ModelPlan,
  ParameterPlan,
} from "../../program/stage-plan.ts";
import type { Values } from "../device/device.ts";
import { entries } from "../device/device.ts";
import type { TensorToWrite } from "./safetensors.ts";
import type { TensorFolder } from "./shards.ts";

/** The values of a state, asked for one after the other. */
export type ReadState = (state: string) => Promise<Values>;

/** The stored tensors of a model: through the layout, or by path in memory order where it has none. */
export function storedTensors(
  model: ModelPlan,
  layout: LayoutPlan | undefined,
  read: ReadState,
): readonly TensorToWrite[] {
  if (layout === undefined) {
    return model.parameters.map(({ path, state, axes }) => ({
      name: path,
      shape: axes.map(({ size }) => size),
      element: "f32",
      read: () => read(state),
    }));
  }
  const once = lastOnly(read);
  return layout.tensors.map((tensor) => {
    const { from, size, axes } = placeOf(model, tensor);
    return {
      name: tensor.name,
      shape: tensor.shape,
      element: "f32",
      async read() {
        const values = await once(tensor.state);
        return permute(values.subarray(from, from + size), axes, tensor.order);
      },
    };
  });
}

/** The states of a model's parameters from the stored tensors; the inverse of `storedTensors`. */
export async function readParameters(
  folder: TensorFolder,
  model: ModelPlan,
  layout: LayoutPlan | undefined,
): Promise<ReadonlyMap<string, Values>> {
  const states = new Map<string, Values>();
  for (const { path, state, axes } of model.parameters) {
    const shape = axes.map(({ size }) => size);
    if (layout === undefined) states.set(state, await folder.read(path, "f32", shape));
    else states.set(state, new Float32Array(entries(shape)));
  }
  for (const tensor of layout?.tensors ?? []) {
    const { from, axes } = placeOf(model, tensor);
    const stored = await folder.read(tensor.name, "f32", tensor.shape);
    const sizes = tensor.order.map((place) => axes[place] ?? 1);
    const back = axes.map((_, place) => tensor.order.indexOf(place));
    states.get(tensor.state)?.set(permute(stored, sizes, back), from);
  }
  return states;
}

/** Where in its state a stored tensor lies, and the axes that it has there. */
function placeOf(
  model: ModelPlan,
  tensor: LayoutTensor,
): { readonly from: number; readonly size: number; readonly axes: readonly number[] } {
  const parameter = model.parameters.find(({ state }) => state === tensor.state);
  invariant(parameter !== undefined, `the layout's ${tensor.name} is a parameter`);
  const axes = ownAxes(parameter);
  const size = entries(axes);
  invariant(size === entries(tensor.shape), `${tensor.name} is stored with all its entries`);
  invariant(
    (parameter.stack === undefined) === (tensor.entry === undefined),
    `${tensor.name} is an entry exactly where its parameter is stacked`,
  );
  return { from: (tensor.entry ?? 0) * size, size, axes };
}

function ownAxes({ axes, stack }: ParameterPlan): readonly number[] {
  return axes.slice(stack === undefined ? 0 : 1).map(({ size }) => size);
}

/** Row-major values with their axes in another order: axis n of the result is `order[n]` of the source. */
export function permute(values: Values, axes: readonly number[], order: readonly number[]): Values {
  if (order.every((place, index) => place === index)) return values;
  const strides = axes.map((_, place) => entries(axes.slice(place + 1)));
  const sizes = order.map((place) => axes[place] ?? 1);
  const steps = order.map((place) => strides[place] ?? 1);
  const result =
    values instanceof Float32Array
      ? new Float32Array(values.length)
      : new Int32Array(values.length);
  const index = new Int32Array(sizes.length);
  let from = 0;
  for (let to = 0; to < result.length; to += 1) {
    result[to] = values[from] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      const size = sizes[axis] ?? 1;
      const step = steps[axis] ?? 1;
      const place = (index[axis] ?? 0) + 1;
      if (place < size) {
        index[axis] = place;
        from += step;
        break;
      }
      index[axis] = 0;
      from -= (size - 1) * step;
    }
  }
  return result;
}

/** Entries of a stack are asked for in a row; the stack is read once for them. */
function lastOnly(read: ReadState): ReadState {
  let last: { readonly state: string; readonly values: Values } | undefined;
  return async (state) => {
    if (last?.state !== state) last = { state, values: await read(state) };
    return last.values;
  };
}
