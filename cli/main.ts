#!/usr/bin/env node
/** The command-line program. Each command is loaded when it is called, so that none pays for another. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type ExitCode, exit } from "./exit.ts";
import { processTerminal, type Terminal } from "./terminal/terminal.ts";
import { version } from "./version.ts";

const terminal = processTerminal();

/** What every action gives back; its promise never rejects for a reason that is the user's. */
type Action<Values extends readonly unknown[]> = (
  terminal: Terminal,
  ...values: Values
) => Promise<ExitCode>;

/** Gives the action the terminal and makes its answer the exit code of the process. */
function answering<Values extends readonly unknown[]>(action: Action<Values>) {
  return async (...values: Values): Promise<void> => {
    process.exitCode = await action(terminal, ...values);
  };
}

function examples(command: Command, lines: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...lines.map(([example]) => example.length));
  const text = lines.map(([example, why]) => `  ${example.padEnd(width)}   ${why}`).join("\n");
  return command.addHelpText("after", `\nExamples:\n${text}`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "") {
    throw new InvalidArgumentError("expected a whole number from 0.");
  }
  return value;
}

function realNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === "") {
    throw new InvalidArgumentError("expected a number from 0.");
  }
  return value;
}

/** Collects `--set NAME=VALUE`; the value is an expression of the language. */
function assignment(text: string, before: Readonly<Record<string, string>> = {}) {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined || value.trim() === "") {
    throw new InvalidArgumentError('expected NAME=VALUE, as in duration="50 steps".');
  }
  return { ...before, [name]: value };
}

const setOption = () =>
  new Option(
    "--set <NAME=VALUE>",
    "give an input of the recipe another value (repeatable)",
  ).argParser(assignment);
const targetOption = () =>
  new Option("--target <target>", "where to compute; without it, the best that is found").choices([
    "cpu",
    "webgpu",
  ]);
const runsOption = () => new Option("--runs <DIR>", "where run folders are").default("runs");
const onlyOption = () => new Option("--only <STAGE>", "this stage and what it needs");
const jsonOption = () => new Option("--json", "machine-readable results on stdout");

function build(): Command {
  const program = new Command("levain")
    .description("A language for training recipes: check, plan, run and sample.")
    .version(version, "-V, --version")
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError("(add --help for the options and examples)");
  examples(program, [
    ["levain new poems", "start a recipe"],
    ["levain check poems/poems.recipe", "find what is wrong, without computing anything"],
    ["levain run poems/poems.recipe", "train"],
  ]);
  program.addHelpText(
    "after",
    "\nExit codes: 0 done, 1 the recipe is wrong, 2 usage, 3 the machine or a file failed,\n" +
      "70 a bug in Levain, 130 interrupted.",
  );

  examples(
    program
      .command("check")
      .summary("find what is wrong")
      .description("find what is wrong with recipes without computing anything")
      .argument("<FILE...>", "recipes")
      .option("--all", "try every literal of every input")
      .addOption(setOption())
      .addOption(jsonOption())
      .action(
        answering(async (to, files: string[], options) =>
          (await import("./commands/check.ts")).check(files, options, to),
        ),
      ),
    [
      ["levain check quickstart.recipe", "report everything that is wrong"],
      ["levain check --all recipes/*.recipe", "with every choice that an input offers"],
      ["levain check --json quickstart.recipe", "for scripts and editors"],
    ],
  );

  examples(
    program
      .command("plan")
      .summary("show what a run would do")
      .description("show stages, parameters, FLOPs, tokens, steps and peak memory of a run")
      .argument("<FILE>", "recipe")
      .addOption(setOption())
      .addOption(targetOption())
      .addOption(onlyOption())
      .addOption(runsOption())
      .addOption(jsonOption())
      .action(
        answering(async (to, file: string, options) =>
          (await import("./commands/plan.ts")).plan(file, options, to),
        ),
      ),
    [
      ["levain plan quickstart.recipe", "what a run would do, and which stages are done"],
      ['levain plan quickstart.recipe --set duration="2 epochs"', "with another value of an input"],
      ["levain plan quickstart.recipe --json", "for scripts"],
    ],
  );

  examples(
    program
      .command("run")
      .summary("run the stages")
      .description("run the stages of a recipe, each into its own folder")
      .argument("<FILE>", "recipe")
      .addOption(targetOption())
      .addOption(setOption())
      .addOption(onlyOption())
      .addOption(runsOption())
      .option("--allow-other-machine", "resume a run that another target, driver or version began")
      .addOption(jsonOption())
      .action(
        answering(async (to, file: string, options) =>
          (await import("./commands/run.ts")).run(file, options, to),
        ),
      ),
    [
      ["levain run quickstart.recipe", "train; called again, it goes on where it stopped"],
      ['levain run quickstart.recipe --set duration="50 steps"', "a short try"],
      ["levain run quickstart.recipe --target webgpu", "on the graphics card"],
      ["levain run quickstart.recipe --json > events.jsonl", "one object a line"],
    ],
  );

  examples(
    program
      .command("sample")
      .summary("let a trained model write")
      .description("let a trained model write")
      .argument("<FOLDER>", "folder of a run")
      .option("--prompt <TEXT>", "what to continue; without it, the beginning of a line")
      .option("--tokens <N>", "how many tokens at most", wholeNumber, 200)
      .option("--temperature <T>", "0 takes the likeliest token", realNumber, 0.8)
      .option("--greedy", "the same as --temperature 0")
      .option("--seed <N>", "another seed, another text", wholeNumber, 0)
      .addOption(targetOption())
      .addOption(jsonOption())
      .action(
        answering(async (to, folder: string, options) =>
          (await import("./commands/sample.ts")).sample(folder, options, to),
        ),
      ),
    [
      ['levain sample runs/quickstart/base-1f2e3d4c --prompt "ROMEO:"', "continue a prompt"],
      ["levain sample runs/quickstart/base-1f2e3d4c --greedy --tokens 50", "the likeliest text"],
      ["levain sample runs/quickstart/base-1f2e3d4c --json", '{"text", "tokens", "stopped_by"}'],
    ],
  );

  examples(
    program
      .command("fmt")
      .summary("print recipes in their one style")
      .description("print recipes in their one style")
      .argument("<FILE...>", "recipes, or - for stdin")
      .option("--check", "change nothing; exit code 1 where something would change")
      .option("--diff", "show what would change, and change nothing")
      .addOption(jsonOption())
      .action(
        answering(async (to, files: string[], options) =>
          (await import("./commands/fmt.ts")).fmt(files, options, to),
        ),
      ),
    [
      ["levain fmt *.recipe", "rewrite the files"],
      ["levain fmt --check recipes/*.recipe", "in continuous integration"],
      ["levain fmt - < draft.recipe", "from stdin to stdout"],
    ],
  );

  examples(
    program
      .command("explain")
      .summary("explain a code, a name or a setting")
      .description("explain a diagnostic, a name of the library, or a setting of a recipe")
      .argument("<CODE|NAME|FILE>", "LV0123, adamw, or a recipe with --setting")
      .option("--setting <PATH>", "the value of a setting and where it comes from")
      .addOption(setOption())
      .addOption(jsonOption())
      .action(
        answering(async (to, subject: string, options) =>
          (await import("./commands/explain.ts")).explain(subject, options, to),
        ),
      ),
    [
      ["levain explain LV0101", "a wrong and a right recipe"],
      ["levain explain cosine", "signature, defaults and documentation"],
      ["levain explain quickstart.recipe --setting base.batch", "value and origin"],
    ],
  );

  examples(
    program
      .command("doctor")
      .summary("say what this machine offers")
      .description("say what this machine offers, what is missing, and what to do about it")
      .addOption(jsonOption())
      .action(
        answering(async (to, options) =>
          (await import("./commands/doctor.ts")).doctor(options, to),
        ),
      ),
    [
      ["levain doctor", "Node, ONNX Runtime, graphics adapters, disk"],
      ["levain doctor --json", "for a report"],
    ],
  );

  examples(
    program
      .command("emit")
      .summary("show a recipe at a stage of compilation")
      .description("show a recipe at a stage of compilation")
      .argument("<FILE>", "recipe")
      .addOption(
        new Option("--as <FORM>", "which representation")
          .choices(["tree", "typed", "stages", "graph", "ordered", "kernels", "wgsl", "onnx"])
          .makeOptionMandatory(),
      )
      .option("--stage <NAME>", "of this stage; without it, of the first that computes")
      .option("--after <PASS>", "after this pass of the form's list")
      .addOption(setOption())
      .addOption(jsonOption())
      .action(
        answering(async (to, file: string, options) =>
          (await import("./commands/emit.ts")).emit(file, options, to),
        ),
      ),
    [
      ["levain emit quickstart.recipe --as tree", "the syntax tree"],
      [
        "levain emit quickstart.recipe --as graph --stage base",
        "the training step, names on its axes",
      ],
      ["levain emit quickstart.recipe --as wgsl", "the kernels"],
    ],
  );

  examples(
    program
      .command("new")
      .summary("start a recipe")
      .description("start a recipe: a folder with a commented recipe and a text to learn from")
      .argument("<NAME>", "name of the folder and the recipe")
      .addOption(jsonOption())
      .action(
        answering(async (to, name: string, options) =>
          (await import("./commands/new.ts")).create(name, options, to),
        ),
      ),
    [["levain new poems", "writes poems/poems.recipe and poems/data/"]],
  );
  return program;
}

async function main(): Promise<void> {
  const program = build();
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = exit.usage;
    return;
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exit.done : exit.usage;
      return;
    }
    const { reportBug } = await import("./bug-report.ts");
    process.exitCode = reportBug(error, terminal);
  }
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  terminal.say(`Levain needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exitCode = exit.machine;
} else {
  await main();
}
