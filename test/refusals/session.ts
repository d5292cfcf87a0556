import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { invariant } from "../../program/invariant.ts";
import { levain } from "../cli/levain.ts";
import { dataFolder, filesOf, root } from "./cases.ts";
import { filesBelow } from "./run.ts";

/**
 * Plays a session at the terminal and writes it down: `$ levain …` and what came of it, its exit code,
 * and every file that appeared or changed. Beside `levain` there are `$ damage PATH` (one bit in the
 * middle), `$ cut PATH` (its second half) and `$ write PATH TEXT`; a `*` in a path stands for anything.
 * The session's folder has the recipes of its kind and `data/`. Lines with `#` say what it is about.
 */
export async function played(kind: string, text: string, folder: string): Promise<string> {
  cpSync(dataFolder, join(folder, "data"), { recursive: true });
  for (const file of filesOf(kind, ".recipe")) {
    if (!file.includes("/")) cpSync(join(root, kind, file), join(folder, file));
  }
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) lines.push(line);
    if (!line.startsWith("$ ")) continue;
    lines.push(line, ...(await done(line.slice(2), folder)), "");
  }
  return lines.join("\n");
}

async function done(command: string, folder: string): Promise<readonly string[]> {
  const [verb = "", ...words] = wordsOf(command);
  const [path = "", ...rest] = words;
  switch (verb) {
    case "levain":
      return called(words, folder);
    case "damage": {
      const file = found(folder, path);
      const bytes = readFileSync(file);
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 4;
      writeFileSync(file, bytes);
      return [];
    }
    case "cut": {
      const file = found(folder, path);
      truncateSync(file, statSync(file).size >> 1);
      return [];
    }
    case "write":
      writeFileSync(join(folder, path), `${rest.join(" ")}\n`);
      return [];
    default:
      invariant(false, `a session has no command \`${verb}\``);
  }
}

async function called(words: readonly string[], folder: string): Promise<readonly string[]> {
  const before = timesBelow(folder);
  const expanded = words.map((word) => (word.includes("*") ? found(folder, word) : word));
  const { code, out, err } = await levain(expanded, { in: folder });
  const changed = [...timesBelow(folder)].filter(([path, time]) => before.get(path) !== time);
  // What a plan shows of sizes and keys is not what is looked at here.
  const shown = words[0] === "plan" ? "" : out;
  const said = err.split("\n").filter((line) => line !== "");
  const from = said.findIndex((line) => /^(error|warning)\b/.test(line));
  return [
    ...steady(shown, folder)
      .split("\n")
      .filter((line) => line !== ""),
    ...(from === -1 ? [] : said.slice(from).map((line) => steady(line, folder).trimEnd())),
    `exit ${code}`,
    ...changed.map(([path]) => `+ ${steady(path, folder)}`).sort(),
  ];
}

/** Without what differs from machine to machine, from day to day, and with every line of the library. */
function steady(text: string, folder: string): string {
  return text
    .replaceAll(`${folder}/`, "")
    .replace(/-[0-9a-f]{12}\b/g, "-KEY")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\b(std\/\w+):\d+:\d+/g, "$1:LINE")
    .replace(/\bprocess \d+/g, "process ID")
    .replace(/\b\d+(\.\d+)? [KMGT]iB/g, "SIZE");
}

function timesBelow(folder: string): ReadonlyMap<string, number> {
  return new Map(
    filesBelow(folder).map((path) => [relative(folder, path), statSync(path).mtimeMs]),
  );
}

/** Words of a command line; quotes keep blanks together. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"),
  );
}

/** The one file or folder that a path with `*` stands for. */
function found(folder: string, path: string): string {
  const matches = path.split("/").reduce<readonly string[]>(
    (folders, part) =>
      folders.flatMap((at) => {
        if (!part.includes("*")) return [join(at, part)];
        const pattern = new RegExp(`^${part.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
        return readdirSync(at)
          .filter((name) => pattern.test(name))
          .map((name) => join(at, name));
      }),
    [folder],
  );
  const [only, ...others] = matches;
  invariant(only !== undefined && others.length === 0, `${path} is one file: ${matches.join(" ")}`);
  return only;
}
