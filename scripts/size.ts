/** Prints the lines of every room and folder, the files that are too long, and the bundle's size. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

const rooms = ["program", "grammar", "compiler", "runtime", "cli", "recipes", "scripts", "bench"];
const longest = 500;

interface SourceFile {
  readonly path: string;
  readonly lines: number;
}

function filesIn(folder: string): readonly SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") || name.endsWith(".recipe"))
    .map((name) => `${folder}/${name}`)
    .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }));
}

function print(label: string, files: readonly SourceFile[]): void {
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const count = `${files.length} ${files.length === 1 ? "file" : "files"}`;
  process.stdout.write(
    `${label.padEnd(34)}${String(lines).padStart(7)} lines${count.padStart(12)}\n`,
  );
}

const all = [...rooms, "test"].flatMap(filesIn);
for (const room of [...rooms, "test"]) {
  const files = all.filter((file) => file.path.startsWith(`${room}/`));
  if (files.length === 0) continue;
  print(`${room}/`, files);
  const folders = new Set(files.map((file) => file.path.split("/").slice(0, 2).join("/")));
  for (const folder of [...folders].sort()) {
    const inside = files.filter((file) => file.path.startsWith(`${folder}/`));
    if (inside.length > 0) print(`  ${folder}/`, inside);
  }
}
const shipped = all.filter((file) => !/^(test|scripts|bench)\//.test(file.path));
print("what is shipped", shipped);
for (const file of all.filter((candidate) => candidate.lines > longest)) {
  process.stdout.write(`over ${longest} lines: ${file.path} (${file.lines})\n`);
}
if (existsSync("dist")) {
  const bundled = readdirSync("dist", { recursive: true, encoding: "utf8" }).map(
    (name) => `dist/${name}`,
  );
  const bytes = (path: string) => (statSync(path).isFile() ? statSync(path).size : 0);
  const total = bundled.reduce((sum, path) => sum + bytes(path), 0);
  const first = existsSync("dist/levain.js") ? bytes("dist/levain.js") : 0;
  process.stdout.write(
    `bundle ${Math.round(total / 1024)} KiB, levain.js ${Math.round(first / 1024)} KiB\n`,
  );
}
