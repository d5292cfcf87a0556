/**
 * Builds `dist/`: the command-line program and the library entry points, split so that what a
 * command does not use is not loaded. `npm ci` runs this through `prepare`.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build, type Metafile } from "esbuild";

rmSync("dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    levain: "cli/main.ts",
    index: "cli/index.ts",
    grammar: "grammar/index.ts",
    compiler: "compiler/index.ts",
    runtime: "runtime/index.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Beside the entries, so that `../recipes` is the same from a source file of cli/ and from here.
  chunkNames: "[name]-[hash]",
  external: ["webgpu", "onnxruntime-node", "onnxruntime-web"],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  // Bundled CommonJS packages ask for Node's own modules through `require`.
  banner: {
    js: 'import{createRequire as levainRequire}from"node:module";const require=levainRequire(import.meta.url);',
  },
});
writeFileSync("dist/LICENSES.txt", bundledLicenses(metafile));
chmodSync("dist/levain.js", 0o755);

/** The licence texts of the packages whose code is inside the bundle. */
function bundledLicenses(bundle: Metafile): string {
  const folders = Object.keys(bundle.inputs).flatMap((input) => {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      const { name, version, license } = JSON.parse(
        readFileSync(`${folder}/package.json`, "utf8"),
      ) as Readonly<Record<string, string>>;
      const text = file === undefined ? "" : readFileSync(`${folder}/${file}`, "utf8");
      return `${name} ${version} (${license})\n\n${text}`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
