import { define } from "../define.ts";

/** Names, modules and declarations; codes LV0201 to LV0249. */

function meant(suggestion: string | undefined): string | undefined {
  return suggestion === undefined ? undefined : `did you mean \`${suggestion}\`?`;
}

export const unknownName = define<{
  name: string;
  suggestion: string | undefined;
  /** The library module that declares the name. */
  library: string | undefined;
}>({
  code: "LV0201",
  severity: "error",
  title: "name is not declared",
  message: ({ name }) => `expected a declared name, found \`${name}\``,
  help: ({ name, suggestion, library }) =>
    library === undefined
      ? meant(suggestion)
      : `it is in the library: add \`use ${library} { ${name} }\` at the top`,
  explain: {
    why: "A name is declared by the file, brought by `use`, or always in scope from the prelude. Inside a block it is known after its `let`.",
    wrong: "let depth = 4\nlet twice = 2 * dephth\n",
    right: "let depth = 4\nlet twice = 2 * depth\n",
  },
});

export const unknownModule = define<{
  path: string;
  library: boolean;
  suggestion: string | undefined;
}>({
  code: "LV0202",
  severity: "error",
  title: "module does not exist",
  message: ({ path, library }) =>
    library ? `the library has no module \`${path}\`` : `found no file \`${path}\``,
  help: ({ suggestion }) => meant(suggestion),
  explain: {
    why: '`use std/a/b` reads a module of the library, `use "./x.recipe"` a file beside the recipe.',
    wrong: "use std/optimisers { cosine }\n",
    right: "use std/optimizers { cosine }\n",
  },
});

export const notInModule = define<{
  name: string;
  module: string;
  suggestion: string | undefined;
  /** Brought there by `use`, which does not pass it on. */
  imported: boolean;
}>({
  code: "LV0203",
  severity: "error",
  title: "module does not declare the name",
  message: ({ name, module, imported }) =>
    imported
      ? `\`${module}\` uses \`${name}\` but does not declare it`
      : `\`${module}\` does not declare \`${name}\``,
  help: ({ suggestion, imported }) =>
    imported
      ? "what a file uses it does not export: take the name from the module that declares it"
      : meant(suggestion),
  explain: {
    why: "`use` brings names that the other file declares itself.",
    wrong: "use std/optimizers { cosinus }\n",
    right: "use std/optimizers { cosine }\n",
  },
});

export const importCycle = define<{ cycle: readonly string[] }>({
  code: "LV0204",
  severity: "error",
  title: "recipe imports itself",
  message: ({ cycle }) =>
    cycle.length === 1
      ? "a recipe cannot use itself"
      : `recipes that use each other: ${[...cycle, cycle[0] ?? ""].map((path) => `\`${path}\``).join(" uses ")}`,
  help: () => "move what both need into a third file",
  explain: {
    why: "A recipe is evaluated from what it uses, so no file may reach itself through `use`.",
    wrong: 'use "./recipe.recipe" { width }\nlet width = 4\n',
    right: "let width = 4\n",
  },
});

export const duplicateName = define<{ name: string; what: string }>({
  code: "LV0205",
  severity: "error",
  title: "name is declared twice",
  message: ({ name, what }) => `${what} \`${name}\` is declared twice`,
  help: () => "rename one of them",
  explain: {
    why: "Within one file, block, record or list of parameters a name has one meaning.",
    wrong: "let width = 4\nlet width = 8\n",
    right: "let width = 4\nlet wider = 8\n",
  },
});

export const recursion = define<{ path: readonly string[]; what: string }>({
  code: "LV0206",
  severity: "error",
  title: "declaration needs itself",
  message: ({ path, what }) =>
    path.length <= 1
      ? `${what} \`${path[0] ?? ""}\` needs itself`
      : `${what} \`${path[0] ?? ""}\` needs itself: ${[...path, path[0] ?? ""].map((name) => `\`${name}\``).join(" needs ")}`,
  help: () => "use `for` or `fold` over a list or a range",
  explain: {
    why: "Recipe code is evaluated when it is checked, so that it always ends: neither functions, models nor values may need themselves, directly or through others.",
    wrong: "fn double(x: Real) -> Real { double(x) + x }\n",
    right: "fn double(x: Real) -> Real { x + x }\n",
  },
});

export const unknownType = define<{ name: string; suggestion: string | undefined }>({
  code: "LV0207",
  severity: "error",
  title: "type is not declared",
  message: ({ name }) => `expected a type, found \`${name}\``,
  help: ({ suggestion }) => meant(suggestion) ?? "declare it with `record`, `type` or `model`",
  explain: {
    why: "A type is built in, or declared with `record`, `type` or `model`. A capitalised name that nothing declares is a type variable where a parameter and the result, or two parameters, share it.",
    wrong: "input rate: Reel = 0.1\nlet twice = 2 * rate\n",
    right: "input rate: Real = 0.1\nlet twice = 2 * rate\n",
  },
});

export const unknownFunction = define<{
  name: string;
  suggestion: string | undefined;
  library: string | undefined;
}>({
  code: "LV0208",
  severity: "error",
  title: "function is not declared",
  message: ({ name }) => `expected a declared function, found \`${name}\``,
  help: ({ name, suggestion, library }) =>
    library === undefined
      ? meant(suggestion)
      : `it is in the library: add \`use ${library} { ${name} }\` at the top`,
  explain: {
    why: "A function is declared by the file, brought by `use`, or always in scope from the prelude.",
    wrong: "let two = squareroot(4)\n",
    right: "let two = sqrt(4)\n",
  },
});

export const foreignModule = define<{ path: string }>({
  code: "LV0209",
  severity: "error",
  title: "only recipes can be used",
  message: ({ path }) => `expected a path that ends in \`.recipe\`, found \`${path}\``,
  help: () => "this version reads names from recipes only",
  explain: {
    why: "`use` reads modules of the library and recipes.",
    wrong: 'use "./rewards.ts" { solves }\n',
    right: "use std/optimizers { cosine }\n",
  },
});
