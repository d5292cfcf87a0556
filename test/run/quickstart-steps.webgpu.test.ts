import { expect, test } from "vitest";
import type { Device } from "../../runtime/device/device.ts";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { inFolder } from "../cli/levain.ts";
import { openTestDevice } from "../kernels/harness.ts";
import type { Values } from "./machine.ts";
import { expectNear, largestDifference } from "./near.ts";
import { type QuickstartRun, runQuickstart } from "./quickstart.ts";

const steps = 20;
/** Of the quickstart's schedule. */
const peak = 3e-3;

/** One run after the other on one device, each of so many steps. */
async function runOn(open: () => Promise<Device>, lengths: readonly number[]) {
  const device = await open();
  const runs: QuickstartRun[] = [];
  try {
    for (const length of lengths) {
      runs.push(await inFolder((folder) => runQuickstart(device, folder, length)));
    }
  } finally {
    await device.close();
  }
  return runs;
}

test("the quickstart on WebGPU is that of the CPU target, and the same bits twice", async () => {
  const onnx = () => openOnnxDevice({ threads: 2, processor: "tests" });
  const [start, cpu] = await runOn(onnx, [1, steps]);
  const [webGpu, again] = await runOn(openTestDevice, [steps, steps]);
  if (start === undefined || cpu === undefined || webGpu === undefined) throw new Error("no runs");
  expect(again?.losses).toEqual(webGpu.losses);
  expect(again?.digests).toEqual(webGpu.digests);
  expect(webGpu.losses).toHaveLength(steps);
  expectNear(lossesOf(webGpu), lossesOf(cpu), 2e-6);
  expectNear(webGpu.states, only(cpu.states, /:(first|second)$/), 1e-4);

  const parameters = only(cpu.states, /^parameter:/);
  expectNear(webGpu.states, parameters, 0.05 * peak, largestDifference);
  // A key's offset has no gradient but for the rotation; its moments and the rate say enough.
  const compared = only(parameters, /^(?!.*attention\.key\.offset)/);
  expectNear(withoutRounding(webGpu.states, compared, start.states), compared, 1e-4);
}, 1_200_000);

/**
 * AdamW makes a step of full size of a gradient of any size, also where single precision leaves
 * little of it but rounding. Where the first gradient is below 1e-5 of the tensor's largest, the
 * wanted weight is put in; these are fewer than one in a thousand.
 */
function withoutRounding(found: Values, wanted: Values, start: Values): Values {
  let left = 0;
  let all = 0;
  const kept = Object.entries(wanted).map(([name, values]) => {
    const gradient = start[`${name.replace("parameter:", "optimizer:")}:first`] ?? [];
    const least = 1e-5 * Array.from(gradient, Math.abs).reduce((a, b) => Math.max(a, b));
    const numbers = Array.from(found[name] ?? [], (value, at) => {
      all += 1;
      if (Math.abs(gradient[at] ?? 0) >= least) return value;
      left += 1;
      return values[at] ?? Number.NaN;
    });
    return [name, numbers] as const;
  });
  expect(left / all).toBeLessThan(0.001);
  return Object.fromEntries(kept);
}

function lossesOf({ losses }: QuickstartRun): Values {
  return Object.fromEntries(losses.map((loss, at) => [`loss of step ${at + 1}`, [loss]]));
}

function only(values: Values, names: RegExp): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.test(name)));
}
