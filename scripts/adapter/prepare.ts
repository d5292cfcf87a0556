/**
 * Makes sure that the WebGPU tests have an adapter to run on: they fail without one, they are
 * never skipped. `npm test` runs this first.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installMesa } from "./install-mesa.ts";

const remedy = `The tests need a WebGPU adapter and none was found.
  Linux    install a Vulkan driver: your graphics card's, or Mesa 25 or newer for the software
           one (Debian and Ubuntu: mesa-vulkan-drivers; Fedora: mesa-vulkan-drivers;
           Arch: vulkan-swrast), then run \`npm test\` again
  macOS    needs a machine with Metal
  Windows  needs a driver with Direct3D 12`;

function findAdapter(): string | undefined {
  const probe = fileURLToPath(new URL("probe.ts", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", probe], {
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
    timeout: 120_000,
  });
  return run.status === 0 ? run.stdout.trim() : undefined;
}

const before = findAdapter();
if (before !== undefined) {
  process.stdout.write(`WebGPU adapter: ${before}\n`);
} else {
  process.stdout.write("no WebGPU adapter; installing Mesa's software Vulkan driver\n");
  const failure = installMesa();
  const after = failure === undefined ? findAdapter() : undefined;
  if (after === undefined) {
    process.stderr.write(
      `${remedy}\n  (${failure ?? "the driver was installed, yet gives none"})\n`,
    );
    process.exitCode = 1;
  } else {
    process.stdout.write(`WebGPU adapter: ${after}\n`);
  }
}
