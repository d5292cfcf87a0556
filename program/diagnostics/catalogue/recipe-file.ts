import { define } from "../define.ts";

/** The recipe that a command was given; codes LV0001 to LV0019. */

export const recipeNotFound = define<{ reason: "missing" | "folder"; near: string | undefined }>({
  code: "LV0001",
  severity: "error",
  title: "recipe cannot be read",
  message: ({ reason }) =>
    reason === "folder"
      ? "expected a recipe, found a folder"
      : "expected a recipe, found no such file",
  help: ({ near }) => (near === undefined ? undefined : `did you mean \`${near}\`?`),
  explain: {
    why: "A command that is given a recipe reads it first.",
    cause: "The path is misspelt, or relative to another folder than the current one.",
    remedy: "Give the path of a file; `levain new NAME` starts a recipe.",
  },
});

export const recipeNotText = define<{ byte: number }>({
  code: "LV0002",
  severity: "error",
  title: "recipe is not UTF-8",
  message: ({ byte }) =>
    `expected UTF-8 text, found the byte 0x${byte.toString(16).padStart(2, "0")} that cannot stand here`,
  help: () => "save the file as UTF-8",
  explain: {
    why: "Recipes are UTF-8 text, with or without a byte order mark.",
    cause: "The file was saved in another encoding, or it is no text at all.",
    remedy: "Open it in an editor and save it as UTF-8.",
  },
});

export const unknownInput = define<{
  name: string;
  known: readonly string[];
  near: string | undefined;
}>({
  code: "LV0003",
  severity: "error",
  title: "recipe has no such input",
  message: ({ name, known }) =>
    known.length === 0
      ? `found \`--set ${name}=…\`, but the recipe has no inputs`
      : `expected an input of the recipe (${known.join(", ")}), found \`${name}\``,
  help: ({ near }) => (near === undefined ? undefined : `did you mean \`${near}\`?`),
  explain: {
    why: "`--set NAME=VALUE` gives an `input` of the recipe another value; a name that the recipe does not declare would have no effect.",
    cause: "The name is misspelt, or it is a setting and not an input.",
    remedy: "Declare `input NAME: TYPE = VALUE` in the recipe and use it in the setting.",
  },
});
