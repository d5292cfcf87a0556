import { flopsOfStep } from "../compiler/budget/flops.ts";
import { buildStep } from "../compiler/elaborate/build-step.ts";
import { optimise } from "../compiler/graph/index.ts";
import { hardwareProfile } from "../compiler/kernels/profile.ts";
import { schedule } from "../compiler/kernels/schedule.ts";
import { layout } from "../compiler/layout/layout.ts";
import { emitOnnx } from "../compiler/targets/onnx/emit.ts";
import { emitWebGpu } from "../compiler/targets/webgpu/emit.ts";
import { busyNotes, processor, versions } from "./machine.ts";
import { type CheckedStage, quickstartRecipe, trainRequest } from "./recipe.ts";
import { type Bench, less, type Row } from "./report.ts";
import { type Times, timesOf } from "./timing.ts";

const few = 4;
const many = 28;
const rounds = 5;

/** Milliseconds of each part of one compilation. */
type Parts = ReadonlyMap<string, number>;

/** How long a training step takes to become a program, and what more layers add to that. */
export const compile: Bench = {
  name: "compile",
  description: `a training step of ${few} and ${many} layers: graph, derivative, passes, layout, targets`,
  async run(say) {
    const recipes = await Promise.all(
      [few, many].map((depth) =>
        quickstartRecipe((text) => text.replace("depth: 4", `depth: ${depth}`)),
      ),
    );
    const measured: Parts[][] = recipes.map(() => []);
    let first: Parts | undefined;
    say(`${rounds} rounds after one to warm up`);
    for (let round = 0; round <= rounds; round += 1) {
      for (const [place, recipe] of recipes.entries()) {
        const parts = compiled(recipe);
        first ??= parts;
        if (round > 0) measured[place]?.push(parts);
      }
    }
    const [short = [], long = []] = measured;
    const rows: Row[] = [...(short[0]?.keys() ?? [])].map((part) => {
      const [less4, less28] = [short, long].map((list) => timesOfPart(list, part));
      return less(
        `${part}, ${many} layers, median (ms); peer: ${few} layers`,
        less28?.median ?? Number.NaN,
        less4?.median,
      );
    });
    const cold = [...(first?.values() ?? [])].reduce((sum, time) => sum + time, 0);
    return {
      adapter: processor(),
      versions: versions(),
      rows: [...rows, less(`all parts, ${few} layers, the first of the process (ms)`, cold)],
      notes: busyNotes(),
    };
  },
};

function timesOfPart(list: readonly Parts[], part: string): Times {
  return timesOf(list.map((parts) => parts.get(part) ?? Number.NaN));
}

function compiled({ elaborated, stage }: CheckedStage): Parts {
  const parts = new Map<string, number>();
  const part = <Value>(name: string, make: () => Value): Value => {
    const begin = performance.now();
    const value = make();
    parts.set(name, performance.now() - begin);
    return value;
  };
  const request = trainRequest(stage);
  const built = part("graph and derivative", () => buildStep(elaborated, request, "build"));
  const step = part("passes over the graph", () => {
    if (built.step === undefined) throw new Error("the quickstart was refused");
    return optimise(built.builder, built.step);
  });
  const ordered = part("layout", () => layout(step));
  const flops = part("FLOPs", () => flopsOfStep(step));
  part("ONNX", () => emitOnnx(ordered, { flops }));
  const program = part("kernels", () => schedule(ordered, hardwareProfile()));
  part("WGSL and commands", () => emitWebGpu(program, { flops }));
  return parts;
}
