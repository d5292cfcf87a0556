import { checkRecipe } from "../check-recipe.ts";
import { type ExitCode, exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import { exitOf, refusal } from "../report.ts";
import { placeText } from "../terminal/diagnostics.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { traceSetting } from "./trace.ts";

export interface SettingOptions {
  readonly set?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

const origins = {
  recipe: "written there",
  default: "the default of the signature",
  input: "the default of the input",
  "command line": "given with --set; the recipe has another value there",
} as const;

/** Says what value a setting has, and where it comes from. */
export async function explainSetting(
  file: string,
  path: string,
  options: SettingOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recipe = await checkRecipe(file, options.set);
  if (recipe.checked === undefined) {
    return (
      refusal(recipe.diagnostics, recipe.sources, options, terminal) ?? exitOf(recipe.diagnostics)
    );
  }
  const result = traceSetting(recipe.checked.typed, path, options.set ?? {});
  if (!result.found) {
    const last = path.split(".").at(-1) ?? path;
    const near = nearest(last, result.known);
    const known = result.known.length === 0 ? "" : `; it has ${result.known.join(", ")}`;
    terminal.say(
      `${terminal.colours.red("error")}: \`${path}\` leads nowhere: \`${result.name}\` has no such setting` +
        (near === undefined ? known : `; did you mean \`${near}\`?`),
    );
    return exit.usage;
  }
  const { trace } = result;
  const place = placeText({ file: trace.file, range: trace.span }, recipe.sources);
  if (options.json === true) {
    const { text, origin, through } = trace;
    terminal.result(JSON.stringify({ setting: path, value: text, origin, place, through }));
    return exit.done;
  }
  const { resultColours: colours } = terminal;
  terminal.result(`${path} = ${colours.bold(trace.text)}`);
  terminal.result(`  ${colours.dim("from")} ${place}, ${origins[trace.origin]}`);
  if (trace.through.length > 0) {
    terminal.result(`  ${colours.dim("through")} ${trace.through.join(" → ")}`);
  }
  return exit.done;
}
