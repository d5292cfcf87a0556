import fc from "fast-check";
import { expect, test } from "vitest";
import { lifetimes } from "../../compiler/kernels/memory-plan.ts";
import { hardwareProfile, softwareProfile } from "../../compiler/kernels/profile.ts";
import { schedule } from "../../compiler/kernels/schedule.ts";
import { verifyKernels } from "../../compiler/kernels/verify.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { emitWebGpu } from "../../compiler/targets/webgpu/emit.ts";
import { verifyWebGpu } from "../../compiler/targets/webgpu/verify.ts";
import { quickstart, trainingStep } from "./language-model.ts";
import { randomStep } from "./random-step.ts";

const profiles = [softwareProfile(), hardwareProfile()];

test("no plan reads what is not there, writes over what is needed, or straddles a window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(...profiles),
      fc.constantFrom(16_384, 134_217_728),
      (seed, operations, profile, bytes) => {
        const limits = { ...profile.limits, maxStorageBufferBindingSize: bytes };
        const narrow = { ...profile, limits };
        const program = schedule(layout(randomStep(seed, operations).step), narrow);
        const largest = Math.max(...program.storages.map((storage) => 4 * storage.words));
        expect(verifyKernels(program)).toEqual([]);
        if (largest <= bytes) {
          expect(verifyWebGpu(emitWebGpu(program, { flops: 0 }), limits)).toEqual([]);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("equal steps are planned equally", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const [first, second] = [0, 1].map(() => {
        const program = schedule(layout(randomStep(seed, 30).step), softwareProfile());
        return emitWebGpu(program, { flops: 0 });
      });
      expect(second).toEqual(first);
    }),
    { numRuns: 20 },
  );
});

test("a training step reuses memory and needs fewer kernels than operations", () => {
  const program = schedule(layout(trainingStep(quickstart)), softwareProfile());
  const spans = lifetimes(program.items);
  const all = program.storages
    .filter((storage) => storage.kind === "temporary" && spans.has(storage.id))
    .reduce((sum, storage) => sum + 4 * storage.words, 0);
  const planned = program.memory.windows.reduce((sum, bytes) => sum + bytes, 0);
  expect(planned).toBeLessThan(0.6 * all);
  expect(program.kernelCount.after).toBeLessThan(0.45 * program.kernelCount.before);
});
