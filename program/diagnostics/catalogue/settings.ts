import { define } from "../define.ts";

/** Arguments and settings of calls; codes LV0501 to LV0549. */

export const unknownSetting = define<{
  name: string;
  callee: string;
  suggestion: string | undefined;
  /** A call at the place that has such a parameter. */
  belongs: string | undefined;
  known: readonly string[];
}>({
  code: "LV0501",
  severity: "error",
  title: "setting does not exist there",
  message: ({ name, callee }) => `\`${callee}\` has no setting \`${name}\``,
  help: ({ suggestion, belongs, name, known }) =>
    belongs !== undefined
      ? `\`${name}\` belongs in \`${belongs}(…)\``
      : suggestion !== undefined
        ? `did you mean \`${suggestion}\`?`
        : known.length === 0
          ? "it takes none"
          : `it has ${known.map((setting) => `\`${setting}\``).join(", ")}`,
  explain: {
    why: "Settings are the parameters of the signature. A name that the signature does not have would be read by nothing.",
    wrong: "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3, warmpu: 5 steps)\n",
    right: "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3, warmup: 5 steps)\n",
  },
});

export const duplicateSetting = define<{ name: string; callee: string }>({
  code: "LV0502",
  severity: "error",
  title: "setting is given twice",
  message: ({ name, callee }) => `the setting \`${name}\` of \`${callee}\` is given twice`,
  help: () => "remove one of them",
  explain: {
    why: "Neither of two values wins in silence, whether it was written in parentheses or in braces.",
    wrong: "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3, floor: 0, floor: 1e-4)\n",
    right: "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3, floor: 1e-4)\n",
  },
});

export const noEffect = define<{ name: string; callee: string }>({
  code: "LV0503",
  severity: "error",
  title: "setting has no effect",
  message: ({ name, callee }) =>
    `\`${name}\` has no effect here: nothing in \`${callee}\` reads it`,
  help: () => "remove the setting, or use the parameter where it is declared",
  explain: {
    why: "A setting that nothing reads is a mistake of the caller or of the method.",
    wrong: "fn scaled(x: Real, factor: Real) -> Real { 2 * x }\nlet y = scaled(1, factor: 3)\n",
    right:
      "fn scaled(x: Real, factor: Real) -> Real { factor * x }\nlet y = scaled(1, factor: 3)\n",
  },
});

export const missingSettings = define<{
  names: readonly string[];
  callee: string;
  signature: string;
}>({
  code: "LV0504",
  severity: "error",
  title: "argument is missing",
  message: ({ names, callee }) =>
    `\`${callee}\` expected ${names.map((name) => `\`${name}\``).join(", ")}, found none`,
  help: ({ signature }) => signature,
  explain: {
    why: "A parameter without a default is given. Only where every given argument is named, the call is a function of what is missing.",
    wrong: "use std/layers { RMSNorm, SwiGLU }\nlet layer = SwiGLU(64, 128)\n",
    right: "use std/layers { RMSNorm, SwiGLU }\nlet layer = SwiGLU(64, 128, 256)\n",
  },
});

export const tooManyArguments = define<{ callee: string; most: number; signature: string }>({
  code: "LV0505",
  severity: "error",
  title: "too many arguments",
  message: ({ callee, most }) =>
    `\`${callee}\` expected ${most === 0 ? "no arguments" : `at most ${most} argument${most === 1 ? "" : "s"}`}, found another one`,
  help: ({ signature }) => signature,
  explain: {
    why: "Arguments are bound to parameters in order, and each has one.",
    wrong: "let root = sqrt(4, 2)\n",
    right: "let root = sqrt(4)\n",
  },
});

export const positionalAfterNamed = define<{ callee: string }>({
  code: "LV0506",
  severity: "error",
  title: "positional argument after a named one",
  message: ({ callee }) =>
    `expected \`name: value\` after the first named argument of \`${callee}\``,
  help: () =>
    "positional arguments come first; a bare name is enough where it is the name of a free parameter",
  explain: {
    why: "Positional arguments come first, so that a reader can count them.",
    wrong:
      "use std/optimizers { constant }\nlet speed = 0.1\nlet rate = constant(warmup: 5 steps, speed)\n",
    right:
      "use std/optimizers { constant }\nlet speed = 0.1\nlet rate = constant(speed, warmup: 5 steps)\n",
  },
});

export const unreadInput = define<{ name: string }>({
  code: "LV0508",
  severity: "warning",
  title: "input has no effect",
  message: ({ name }) => `nothing reads the input \`${name}\`, so setting it has no effect`,
  help: () => "read it where it was meant, or remove it",
  explain: {
    why: "An input is there to be set; one that nothing reads promises what the recipe does not do.",
    wrong: "input depth: Int = 4\nlet layers = 4\n",
    right: "input depth: Int = 4\nlet layers = depth\n",
  },
});

export const misplacedSetting = define<{ form: string; callee: string }>({
  code: "LV0507",
  severity: "error",
  title: "setting of another form",
  message: ({ form, callee }) => `\`${callee}\` has no place for \`${form}\``,
  help: ({ form }) =>
    form === "every"
      ? "only what lasts has something happen every so often"
      : "names with values are settings; keys in quotes or percent belong to layouts, `with` and mixes",
  explain: {
    why: "`every N unit { … }` belongs to stages that last, `config { … }` and keys in quotes to a layout.",
    wrong:
      "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3) { every 5 steps { floor: 1e-4 } }\n",
    right: "use std/optimizers { cosine }\nlet rate = cosine(peak: 1e-3) { floor: 1e-4 }\n",
  },
});
