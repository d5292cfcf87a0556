import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ExitCode, exit } from "../exit.ts";
import { recipesFolder } from "../library.ts";
import type { Terminal } from "../terminal/terminal.ts";

const text = join("data", "shakespeare.txt");

/** Writes a folder with a commented recipe and a public-domain text to learn from. */
export async function create(
  name: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { colours } = terminal;
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
    terminal.say(
      `${colours.red("error")}: a name begins with a letter and has letters, digits, _ and -; found ${JSON.stringify(name)}`,
    );
    return exit.usage;
  }
  const taken = await readdir(name).catch(() => []);
  if (taken.length > 0) {
    terminal.say(`${colours.red("error")}: the folder ${name}/ exists and is not empty`);
    return exit.machine;
  }
  const recipe = join(name, `${name}.recipe`);
  const starter = await readFile(join(recipesFolder, "starter.recipe"), "utf8");
  await mkdir(join(name, "data"), { recursive: true });
  await writeFile(recipe, starter.replaceAll("starter", name), { flag: "wx" });
  await writeFile(join(name, text), await readFile(join(recipesFolder, text)), { flag: "wx" });
  if (options.json === true) {
    terminal.result(JSON.stringify({ recipe, files: [recipe, join(name, text)] }));
    return exit.done;
  }
  terminal.say(
    [
      `${colours.green("wrote")} ${recipe} and ${join(name, text)}`,
      "",
      "Next:",
      `  levain check ${recipe}    find what is wrong, without computing anything`,
      `  levain plan ${recipe}     see what a run would do`,
      `  levain run ${recipe}      train`,
    ].join("\n"),
  );
  return exit.done;
}
