import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "../../grammar/index.ts";
import type { Item, Parameter } from "../../grammar/tree.ts";
import { type ExitCode, exit } from "../exit.ts";
import { recipesFolder } from "../library.ts";
import { nearest } from "../nearest.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A declaration of the library. */
interface Declaration {
  readonly name: string;
  /** `std/optimizers`. */
  readonly module: string;
  readonly text: string;
  readonly item: Exclude<Item, { kind: "use" | "ensure" | "hole" | "error" }>;
}

/** Shows a declaration of the library: documentation, signature, defaults, and how to use it. */
export async function explainName(
  name: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const all = await libraryDeclarations();
  const found = all.filter((declaration) => declaration.name === name);
  if (found.length === 0) {
    const near = nearest(
      name,
      all.map((declaration) => declaration.name),
    );
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
    terminal.say(
      `${terminal.colours.red("error")}: the library declares no \`${name}\`, and no diagnostic has this code${hint}`,
    );
    return exit.usage;
  }
  for (const [index, declaration] of found.entries()) {
    if (options.json === true) terminal.result(JSON.stringify(declarationJson(declaration)));
    else terminal.result(`${index === 0 ? "" : "\n"}${declarationText(declaration, terminal)}`);
  }
  return exit.done;
}

async function libraryDeclarations(): Promise<readonly Declaration[]> {
  const folder = join(recipesFolder, "std");
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".recipe")).sort();
  const modules = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const module = `std/${file.replaceAll("\\", "/").replace(/\.recipe$/, "")}`;
      return { module, text, tree: parse(text, module).tree };
    }),
  );
  return modules.flatMap(({ module, text, tree }) =>
    tree.items.flatMap((item): readonly Declaration[] => {
      if (["use", "ensure", "hole", "error"].includes(item.kind)) return [];
      const declared = item as Declaration["item"];
      return declared.name === undefined
        ? []
        : [{ name: declared.name.text, module, text, item: declared }];
    }),
  );
}

/** The declaration without its body: what a caller has to know. */
function signature({ item, text }: Declaration): string {
  switch (item.kind) {
    case "function":
      return text
        .slice(item.span.start, item.body?.span.start ?? item.span.end)
        .replace(/\s*=?\s*$/, "");
    case "model":
      return item.parameters === undefined
        ? text.slice(item.span.start, item.span.end)
        : text
            .slice(
              item.span.start,
              text.indexOf("{", item.parameters.at(-1)?.span.end ?? item.span.start),
            )
            .trimEnd();
    default:
      return text.slice(item.span.start, item.span.end);
  }
}

function useText({ module, name }: Declaration): string | undefined {
  return module === "std/prelude" ? undefined : `use ${module} { ${name} }`;
}

function declarationText(declaration: Declaration, terminal: Terminal): string {
  const { resultColours: colours } = terminal;
  const use = useText(declaration);
  const lines = [
    `${colours.bold(declaration.name)}, of ${declaration.module}${use === undefined ? " (always in scope)" : ""}`,
    "",
  ];
  if (declaration.item.doc !== undefined) lines.push(declaration.item.doc.trim(), "");
  lines.push(...withoutDocumentation(signature(declaration)).map((line) => `    ${line}`));
  if (use !== undefined) lines.push("", `    ${colours.dim(use)}`);
  return lines.join("\n");
}

function withoutDocumentation(text: string): readonly string[] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !line.trimStart().startsWith("///"));
  return lines.slice(Math.max(0, first));
}

function declarationJson(declaration: Declaration): object {
  const { item, text } = declaration;
  const parameters =
    item.kind === "function" || item.kind === "model" ? (item.parameters ?? []) : [];
  const slice = (node: { readonly span: { readonly start: number; readonly end: number } }) =>
    text.slice(node.span.start, node.span.end);
  return {
    name: declaration.name,
    module: declaration.module,
    kind: item.kind,
    documentation: item.doc?.trim() ?? null,
    signature: withoutDocumentation(signature(declaration)).join("\n"),
    parameters: parameters.map((parameter: Parameter) => ({
      name: parameter.name.text,
      type: slice(parameter.type),
      default: parameter.value === undefined ? null : slice(parameter.value),
    })),
  };
}
