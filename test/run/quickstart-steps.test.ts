import { expect, test } from "vitest";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { inFolder } from "../cli/levain.ts";
import { type QuickstartRun, runQuickstart } from "./quickstart.ts";

function run(threads: number): Promise<QuickstartRun> {
  return inFolder(async (folder) => {
    const device = await openOnnxDevice({ threads, processor: "tests" });
    try {
      return await runQuickstart(device, folder, 20);
    } finally {
      await device.close();
    }
  });
}

test("the quickstart gives the same bits twice, and with one thread as with two", async () => {
  const { losses, digests } = await run(2);
  expect(losses).toHaveLength(20);
  for (const threads of [2, 1]) {
    const again = await run(threads);
    expect(again.losses).toEqual(losses);
    expect(again.digests).toEqual(digests);
  }
}, 600_000);
