/**
 * Builds `dist/`: the command-line program and the library entry points, split so that what a
 * command does not use is not loaded. `npm ci` runs this through `prepare`.
 */
import { chmodSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const entries = {
  levain: "cli/main.ts",
  index: "cli/index.ts",
  grammar: "grammar/index.ts",
  compiler: "compiler/index.ts",
  runtime: "runtime/index.ts",
};

const present = Object.fromEntries(
  Object.entries(entries).filter(([, source]) => existsSync(source)),
);

rmSync("dist", { recursive: true, force: true });
if (Object.keys(present).length > 0) {
  await build({
    entryPoints: present,
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "parts/[name]-[hash]",
    external: ["webgpu", "onnxruntime-node", "onnxruntime-web"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
    // Bundled CommonJS packages ask for Node's own modules through `require`.
    banner: {
      js: 'import{createRequire as levainRequire}from"node:module";const require=levainRequire(import.meta.url);',
    },
  });
}
if (existsSync("dist/levain.js")) chmodSync("dist/levain.js", 0o755);
