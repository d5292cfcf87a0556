import { type CatalogueEntry, catalogue } from "../../program/diagnostics/catalogue/index.ts";
import { type ExitCode, exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import type { Colours, Terminal } from "../terminal/terminal.ts";

/** Shows the page of a code. */
export function explainCode(
  code: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): ExitCode {
  const entry = catalogue.find((candidate) => candidate.code === code);
  if (entry === undefined) {
    const near = nearest(
      code,
      catalogue.map((candidate) => candidate.code),
    );
    terminal.say(
      `${terminal.colours.red("error")}: there is no diagnostic ${code}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
    return exit.usage;
  }
  if (options.json === true) {
    const { severity, title } = entry;
    terminal.result(JSON.stringify({ code, severity, title, ...entry.explain }));
  } else {
    terminal.result(explanation(entry, terminal.resultColours));
  }
  return exit.done;
}

/** The page of a code, as text. */
export function explanation(entry: CatalogueEntry, colours: Colours): string {
  const { explain: page } = entry;
  const indented = (recipe: string) =>
    recipe
      .trimEnd()
      .split("\n")
      .map((line) => (line === "" ? "" : `    ${line}`));
  const heading = `${colours.bold(entry.code)} (${entry.severity}): ${entry.title}`;
  const rest =
    "wrong" in page
      ? ["Wrong:", "", ...indented(page.wrong), "", "Right:", "", ...indented(page.right)]
      : [`Cause: ${page.cause}`, "", `What to do: ${page.remedy}`];
  return [heading, "", page.why, "", ...rest].join("\n");
}
