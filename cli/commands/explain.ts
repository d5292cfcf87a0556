import { type ExitCode, exit } from "../exit.ts";
import { explainCode } from "../explain/code.ts";
import { explainName } from "../explain/name.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface ExplainOptions {
  readonly setting?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

/** Explains a diagnostic's code, a name of the library, or a setting of a recipe. */
export async function explain(
  subject: string,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.setting !== undefined) {
    const { explainSetting } = await import("../explain/setting.ts");
    return explainSetting(subject, options.setting, options, terminal);
  }
  if (/^lv\d+$/i.test(subject)) return explainCode(subject.toUpperCase(), options, terminal);
  if (subject.endsWith(".recipe")) {
    terminal.say(
      `${terminal.colours.red("error")}: say which setting, as in \`levain explain ${subject} --setting base.batch\``,
    );
    return exit.usage;
  }
  return explainName(subject, options, terminal);
}
