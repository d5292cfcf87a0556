import { checkRecipe, type Inputs } from "../check-recipe.ts";
import { emitForm, emitForms, type Form } from "../emit/emit.ts";
import { type ExitCode, exit } from "../exit.ts";
import { refusal } from "../report.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface EmitOptions {
  readonly as: Form;
  readonly stage?: string;
  readonly after?: string;
  readonly set?: Inputs;
  readonly json?: boolean;
}

/** Prints a recipe at a stage of compilation. */
export async function emit(
  file: string,
  options: EmitOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const recipe = await checkRecipe(file, options.set);
  // The tree and the types of a wrong recipe are what one wants to see.
  const tolerant = !emitForms[options.as].evaluated && recipe.checked !== undefined;
  const refused = tolerant
    ? undefined
    : refusal(recipe.diagnostics, recipe.sources, options, terminal);
  if (refused !== undefined || recipe.checked === undefined) return refused ?? exit.machine;
  const emitted = emitForm(recipe.checked, options);
  if (emitted.kind === "usage") {
    terminal.say(`${terminal.colours.red("error")}: ${emitted.message}`);
    return exit.usage;
  }
  if (emitted.kind === "text") {
    if (options.json === true) {
      terminal.result(
        JSON.stringify({ form: options.as, stage: emitted.stage, text: emitted.text }),
      );
    } else {
      process.stdout.write(emitted.text.endsWith("\n") ? emitted.text : `${emitted.text}\n`);
    }
    return exit.done;
  }
  if (options.json === true) {
    const base64 = Buffer.from(emitted.bytes).toString("base64");
    terminal.result(JSON.stringify({ form: options.as, stage: emitted.stage, base64 }));
    return exit.done;
  }
  if (process.stdout.isTTY === true) {
    terminal.say(
      `${terminal.colours.red("error")}: ${options.as} is binary; write it to a file: levain emit … --as ${options.as} > step.onnx`,
    );
    return exit.usage;
  }
  process.stdout.write(emitted.bytes);
  return exit.done;
}
