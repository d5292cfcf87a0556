import { define } from "../define.ts";

/** What a run can fail of, machine and files included; codes LV0901 to LV0949. */

export const runLocked = define<{ pid: number; since: string; host: string | undefined }>({
  code: "LV0901",
  severity: "error",
  title: "folder belongs to a run that is going on",
  message: ({ pid, since, host }) =>
    `process ${pid}${host === undefined ? "" : ` on ${host}`} runs in this folder since ${since}`,
  help: ({ host }) =>
    host === undefined
      ? "wait for it or stop it; the lock of a process that has ended is taken over"
      : "whether a process on another machine still runs cannot be seen from here; if it has ended, delete the file `lock`",
  explain: {
    why: "Two runs that write the same checkpoints would destroy both.",
    cause: "The same recipe was started twice.",
    remedy: "Wait for the first run or stop it.",
  },
});

export const notEnoughDisk = define<{ needed: number; free: number; what: string }>({
  code: "LV0902",
  severity: "error",
  title: "disk is too small for the run",
  message: ({ needed, free, what }) =>
    `${what} need ${needed} bytes, ${free} are free on this disk`,
  help: () => "free some space or choose another folder with `--runs`",
  explain: {
    why: "Before its first step a run makes sure that its last one can be saved.",
    cause:
      "The disk has less free space than two checkpoints, the one being written and the result.",
    remedy: "Free some space or choose another folder for runs.",
  },
});

export const fileFailed = define<{ action: string; reason: string; kept: string | undefined }>({
  code: "LV0903",
  severity: "error",
  title: "file cannot be written or read",
  message: ({ action, reason }) => `could not ${action}: ${reason}`,
  help: ({ kept }) => kept,
  explain: {
    why: "The system refused to write or read a file of the run.",
    cause: "The disk is full, the folder may not be written, or the disk failed.",
    remedy: "Remove the cause and run again; a run goes on from its last complete checkpoint.",
  },
});

export const damagedCheckpoint = define<{
  problem: string;
  step: number;
  previous: number | undefined;
}>({
  code: "LV0904",
  severity: "error",
  title: "checkpoint is damaged",
  message: ({ problem, step }) => `the checkpoint of step ${step} is damaged: ${problem}`,
  help: ({ previous, step }) =>
    previous === undefined
      ? "delete the folder of this stage to begin again"
      : `delete \`state/step-${step}.json\` to go on from step ${previous}`,
  explain: {
    why: "Weights that differ from what was saved would train on in silence.",
    cause: "The disk or a copy changed the file after it was written.",
    remedy: "Delete the damaged checkpoint; the one before it is kept for this.",
  },
});

export const machineDiffers = define<{ differences: string }>({
  code: "LV0905",
  severity: "error",
  title: "run was begun on other ground",
  message: ({ differences }) =>
    `the run was begun with other facts that decide its bits: ${differences}`,
  help: () =>
    "run where it was begun, or give `--allow-other-machine` to go on with results that differ in the last bits",
  explain: {
    why: "A resumed run gives the same bits as an uninterrupted one only on the same machine, versions and number of threads.",
    cause: "The target, the processor, a driver or a version has changed since the run was begun.",
    remedy: "Go on where it was begun, or ask for it with `--allow-other-machine`.",
  },
});

export const notFinite = define<{
  step: number;
  name: string;
  value: string;
  operation: string | undefined;
  checkpoint: number;
}>({
  code: "LV0906",
  severity: "error",
  title: "training has left the numbers",
  message: ({ step, name, value, operation }) =>
    `the ${name} of step ${step} is ${value}${operation === undefined ? "" : `, first produced by ${operation}`}`,
  help: ({ checkpoint }) =>
    `the checkpoint of step ${checkpoint} is kept; try a lower learning rate, a longer warm-up or a smaller \`clip\``,
  explain: {
    why: "After the first value that is not a number every weight becomes one.",
    cause:
      "The learning rate is too high for the model, or a function divides by 0 or takes the logarithm of 0.",
    remedy: "Lower the learning rate, warm up for longer, or guard the operation that is named.",
  },
});

export const inputChanged = define<{ path: string; stage: string }>({
  code: "LV0907",
  severity: "error",
  title: "data have changed since the run was begun",
  message: ({ path, stage }) =>
    `\`${path}\` is not the file that the stage \`${stage}\` was begun with`,
  help: () => "put the file back, or delete the folder of this stage to begin again",
  explain: {
    why: "A run that goes on with other data would be neither the old run nor a new one.",
    cause: "A data file was edited while a run was unfinished.",
    remedy: "Put the file back or begin again.",
  },
});

export const exportFolderInUse = define<{ path: string; found: string }>({
  code: "LV0908",
  severity: "error",
  title: "export would mix with other files",
  message: ({ path, found }) => `\`${path}\` holds \`${found}\`, which no export wrote`,
  help: () => "choose an empty folder",
  explain: {
    why: "Programs that load a folder read whatever they find in it.",
    cause: "The folder is used for something else.",
    remedy: "Export to an empty folder.",
  },
});

export const stageNotFinished = define<{ stage: string; needed: string }>({
  code: "LV0909",
  severity: "error",
  title: "a stage that is read has not been run",
  message: ({ stage, needed }) =>
    `\`${stage}\` reads the result of \`${needed}\`, which is not finished`,
  help: ({ needed }) => `run \`${needed}\` first, or leave out \`--only\``,
  explain: {
    why: "`--only` runs one stage; what it reads must be there.",
    cause: "The stage before it was never run to its end with these settings.",
    remedy: "Run that stage first.",
  },
});

export const otherWhenRead = define<{ what: string }>({
  code: "LV0910",
  severity: "error",
  title: "what was written is not what is read",
  message: ({ what }) => `${what} comes back from the disk with other values`,
  help: () => "the disk, the file system or the memory of this machine is not to be trusted",
  explain: {
    why: "Before the first step the initial state is saved, read back and compared.",
    cause: "The disk or the memory changed the bytes.",
    remedy: "Use another disk.",
  },
});

export const batchTooLarge = define<{ rows: number; batch: number }>({
  code: "LV0911",
  severity: "error",
  title: "data have fewer rows than one batch",
  message: ({ rows, batch }) => `a batch has ${batch} rows, the data have ${rows}`,
  help: ({ rows }) => `use more data, or write \`batch: ${rows} sequences\` or less`,
  explain: {
    why: "The same row twice in one batch weighs twice, which nobody asked for.",
    cause: "The data are few, or the chunks long.",
    remedy: "Use more data, shorter chunks or a smaller batch.",
  },
});

export const unknownStage = define<{ name: string; known: readonly string[] }>({
  code: "LV0912",
  severity: "error",
  title: "recipe has no such stage",
  message: ({ name }) => `there is no stage \`${name}\``,
  help: ({ known }) => `the stages are ${known.map((stage) => `\`${stage}\``).join(", ")}`,
  explain: {
    why: "`--only` takes the name of a stage.",
    cause: "The name is misspelt or belongs to another recipe.",
    remedy: "Use one of the names that `levain plan` lists.",
  },
});

export const notARun = define<{ path: string; problem: string }>({
  code: "LV0913",
  severity: "error",
  title: "folder is not a run",
  message: ({ path, problem }) => `\`${path}\` is not the folder of a run: ${problem}`,
  help: () =>
    "give a folder like `runs/quickstart/base-0123456789ab`; one that is damaged can be deleted and run again",
  explain: {
    why: "A run's folder holds weights, tokenizer, recipe and manifest.",
    cause: "The path leads elsewhere, or a file of the folder was damaged or deleted.",
    remedy: "Give the folder that `levain run` named at its end.",
  },
});

export const vocabularyDiffers = define<{ tokenizer: number; model: number }>({
  code: "LV0914",
  severity: "error",
  title: "tokenizer and model have other vocabularies",
  message: ({ tokenizer, model }) =>
    `the tokenizer has ${tokenizer} tokens, the model's vocabulary ${model}`,
  help: () => "give the model `vocab: words.size` of the tokenizer that its data use",
  explain: {
    why: "A token without a row in the embedding cannot be read, and a row without a token is never trained.",
    cause: "The model's vocabulary was written as a number.",
    remedy: "Take it from the tokenizer.",
  },
});

export const promptTooLong = define<{ tokens: number; capacity: number }>({
  code: "LV0915",
  severity: "error",
  title: "prompt is too long",
  message: ({ tokens, capacity }) =>
    `the prompt has ${tokens} tokens, there is room for ${capacity}`,
  explain: {
    why: "What a decoder remembers has a fixed size.",
    cause: "The prompt and the tokens asked for exceed it.",
    remedy: "Shorten the prompt or ask for fewer tokens.",
  },
});

export const emptyPrompt = define<Readonly<Record<string, never>>>({
  code: "LV0916",
  severity: "error",
  title: "prompt is empty",
  message: () => "expected a prompt of at least one token, found an empty text",
  help: () => "a model without a first token of its own continues what it is given",
  explain: {
    why: "The tokenizer has no token that begins a text.",
    cause: "The prompt is the empty text.",
    remedy: "Give at least one character, for example a line break.",
  },
});

export const damagedResult = define<Readonly<Record<string, never>>>({
  code: "LV0917",
  severity: "error",
  title: "result of a run was changed",
  message: () => "a file of this run does not have the checksum that it was written with",
  help: () => "delete the folder and run the recipe again; nothing of it was used",
  explain: {
    why: "Weights that differ from what was trained would write something else in silence.",
    cause: "The disk or a copy changed a file after the run was finished.",
    remedy: "Delete the folder of the stage and run the recipe again.",
  },
});
