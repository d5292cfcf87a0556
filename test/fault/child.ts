/**
 * Runs the table's recipe on the real disk in a process of its own, which kills itself before a given
 * operation of the disk. Arguments: folder, and the number of the operation or `never`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openOnnxDevice } from "../../runtime/device/onnx/open.ts";
import { nodeDisk } from "../../runtime/host/disk.ts";
import { nodeHost } from "../../runtime/host/node.ts";
import { runStages } from "../../runtime/stages/run.ts";
import { tableCompiler } from "../runs/table-compiler.ts";
import { learningRate, tableRecipe, vocabulary } from "../runs/table-recipe.ts";
import { watchedDisk } from "./faulty-disk.ts";

const [folder = "", when = "never"] = process.argv.slice(2);
let operation = 0;
const disk = watchedDisk(nodeDisk, ({ action, path }) => {
  if (String(operation) === when) process.kill(process.pid, "SIGKILL");
  operation += 1;
  process.stdout.write(`${JSON.stringify({ action, path: path.slice(folder.length) })}\n`);
});
const device = await openOnnxDevice({ threads: 1, processor: "test" });
const recipe = tableRecipe(join(folder, "plays.txt"), join(folder, "out"), {
  keyMaterial: readFileSync(join(folder, "key"), "utf8"),
});
for await (const event of runStages(recipe, {
  device,
  host: nodeHost(),
  compiler: tableCompiler(vocabulary, learningRate),
  recipe: "/table.recipe",
  runsFolder: join(folder, "runs"),
  version: "0.1.0",
  disk,
})) {
  process.stdout.write(`${JSON.stringify({ event })}\n`);
}
await device.close();
