import { define } from "../define.ts";

/** What data files, tokenizers and stored tensors can be wrong about; codes LV1001 to LV1049. */

export const missingFile = define<{ path: string }>({
  code: "LV1001",
  severity: "error",
  title: "file is not there",
  message: ({ path }) => `there is no file \`${path}\` that can be read`,
  help: () => "paths are relative to the folder of the recipe that names them",
  explain: {
    why: "A data file is read before anything is computed.",
    cause: "The path is misspelt, the file was moved, or it may not be read.",
    remedy: "Correct the path in the recipe or put the file there.",
  },
});

export const emptyFile = define<{ path: string }>({
  code: "LV1002",
  severity: "error",
  title: "file is empty",
  message: ({ path }) => `\`${path}\` holds no text`,
  help: () => "expected at least one line of UTF-8 text",
  explain: {
    why: "Nothing can be learnt from no text; most often a download failed.",
    cause: "The file has 0 bytes.",
    remedy: "Fetch the file again.",
  },
});

export const invalidText = define<{ byte: number }>({
  code: "LV1003",
  severity: "error",
  title: "text is not UTF-8",
  message: ({ byte }) =>
    `expected UTF-8 text, found the byte 0x${byte.toString(16).toUpperCase().padStart(2, "0")} that belongs to no character`,
  help: () => "convert the file to UTF-8; it may be Latin-1, UTF-16 or a binary file",
  explain: {
    why: "A byte that is no character would reach the model as another one, in silence.",
    cause: "The file has another encoding, or it was cut in the middle of a character.",
    remedy: "Convert it, for example with `iconv -f LATIN1 -t UTF-8`.",
  },
});

export const tooFewTokens = define<{
  tokens: number;
  length: number;
  part: string | undefined;
}>({
  code: "LV1004",
  severity: "error",
  title: "text is too short for one row",
  message: ({ tokens, length, part }) =>
    `${part === undefined ? "the data" : `the part \`${part}\``} has ${tokens} tokens, fewer than the ${length} of one row`,
  help: ({ part }) =>
    part === "held_out"
      ? "hold out a larger share, or cut shorter chunks"
      : "use more text, or cut shorter chunks",
  explain: {
    why: "Rows have exactly the length that was asked for; what is left at the end is dropped.",
    cause: "The text, or the part of it that is held out, has fewer tokens than one chunk.",
    remedy: "Use more text, hold out a larger share, or make the chunks shorter.",
  },
});

export const tokenizerTooLarge = define<{ size: number; largest: number }>({
  code: "LV1005",
  severity: "error",
  title: "tokenizer is larger than its text allows",
  message: ({ size, largest }) =>
    `the text gives at most ${largest} tokens, ${size} were asked for`,
  help: ({ largest }) => `write \`size: ${largest}\` or less, or use more text`,
  explain: {
    why: "A token is made of a pair that occurs at least twice; when none is left, there are no more tokens.",
    cause: "The text is short or repeats little.",
    remedy: "Ask for a smaller tokenizer, or give it more text.",
  },
});

export const tokenizerTooSmall = define<{ size: number; smallest: number }>({
  code: "LV1006",
  severity: "error",
  title: "tokenizer has no room for the bytes",
  message: ({ size, smallest }) =>
    `a byte-level tokenizer has at least ${smallest} tokens, ${size} were asked for`,
  help: ({ smallest }) => `write \`size: ${smallest}\` or more`,
  explain: {
    why: "Every byte is a token, so that every text can be written.",
    cause: "`size` is below 256.",
    remedy: "Ask for a larger tokenizer.",
  },
});

export const emptyPart = define<{ part: string; rows: number; share: number }>({
  code: "LV1007",
  severity: "error",
  title: "a part of the data has no rows",
  message: ({ part, rows, share }) =>
    `the part \`${part}\` of ${rows} rows has none when ${share * 100}% are held out`,
  help: () => "change the share that is held out, or use more data",
  explain: {
    why: "Learning and measuring need at least one row each.",
    cause: "The share is 0% or 100%, or the data are so few that it rounds to no row.",
    remedy: "Choose another share or use more data.",
  },
});

export const noRows = define<{ what: string }>({
  code: "LV1008",
  severity: "error",
  title: "data have no rows",
  message: ({ what }) => `${what} leaves no rows`,
  explain: {
    why: "A stage needs at least one row.",
    cause: "`take` was given 0, or what it takes from is empty.",
    remedy: "Take at least one row.",
  },
});

export const damagedTensors = define<{ problem: string }>({
  code: "LV1009",
  severity: "error",
  title: "tensor file is damaged",
  message: ({ problem }) => `expected a safetensors file: ${problem}`,
  help: () => "fetch or write the file again; nothing of it was used",
  explain: {
    why: "A file of tensors that was cut short or changed would give wrong weights in silence.",
    cause: "The file was cut by a full disk or a broken copy, or it is no safetensors file.",
    remedy: "Fetch it again, or go back to an earlier checkpoint.",
  },
});

export const missingTensor = define<{ name: string; nearest: string | undefined }>({
  code: "LV1010",
  severity: "error",
  title: "tensor is not in the file",
  message: ({ name }) => `the file has no tensor \`${name}\``,
  help: ({ nearest }) => (nearest === undefined ? undefined : `it has \`${nearest}\``),
  explain: {
    why: "Every parameter of the model is read from the file.",
    cause: "The file belongs to another model.",
    remedy: "Choose the folder of the model that the recipe describes.",
  },
});

export const otherShape = define<{ name: string; expected: string; found: string }>({
  code: "LV1011",
  severity: "error",
  title: "tensor has another shape",
  message: ({ name, expected, found }) => `expected \`${name}\` to be ${expected}, found ${found}`,
  explain: {
    why: "The model of the recipe says what shape and number format each stored tensor has.",
    cause: "The file belongs to a model of another size.",
    remedy: "Choose the folder of the model that the recipe describes.",
  },
});

export const damagedTokenizer = define<{ problem: string }>({
  code: "LV1012",
  severity: "error",
  title: "tokenizer cannot be read",
  message: ({ problem }) => `expected the tokenizer.json of a byte-level tokenizer: ${problem}`,
  explain: {
    why: "Text becomes tokens in exactly the way that it did in training, or not at all.",
    cause: "The file was damaged or edited, or another program wrote a tokenizer of another kind.",
    remedy: "Run the stage again that wrote it.",
  },
});
