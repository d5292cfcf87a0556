import { join } from "node:path";
import type { LayoutPlan, ModelPlan } from "../../program/stage-plan.ts";
import type { Disk } from "../host/disk.ts";
import type { Written } from "../runs/replace-file.ts";
import { replaceJson, replaceText } from "../runs/replace-file.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import type { ReadState } from "./layout.ts";
import { storedTensors } from "./layout.ts";
import { writeTensorFolder } from "./shards.ts";

/**
 * Writes a folder that other programs load as it is: weights, configuration and tokenizer. Without a
 * layout the weights have the recipe's own names. Gives what was written, by name.
 */
export async function writeModelFolder(
  disk: Disk,
  folder: string,
  model: ModelPlan,
  layout: LayoutPlan | undefined,
  tokenizer: TextTokenizer | undefined,
  read: ReadState,
): Promise<Readonly<Record<string, Written>>> {
  const written: Record<string, Written> = {
    ...(await writeTensorFolder(disk, folder, storedTensors(model, layout, read))),
  };
  if (layout !== undefined) {
    written["config.json"] = await replaceJson(disk, join(folder, "config.json"), {
      architectures: [layout.architecture],
      ...layout.config,
      torch_dtype: "float32",
    });
    // Drawing from the distribution that was learnt, unless whoever loads it asks for something else.
    written["generation_config.json"] = await replaceJson(
      disk,
      join(folder, "generation_config.json"),
      { do_sample: true, temperature: 1, top_k: 0, top_p: 1 },
    );
  }
  if (tokenizer !== undefined)
    Object.assign(written, await writeTokenizer(disk, folder, tokenizer));
  return written;
}

export async function writeTokenizer(
  disk: Disk,
  folder: string,
  tokenizer: TextTokenizer,
): Promise<Readonly<Record<string, Written>>> {
  const written: Record<string, Written> = {};
  for (const [name, text] of Object.entries(tokenizer.files)) {
    written[name] = await replaceText(disk, join(folder, name), text);
  }
  return written;
}
