import { join } from "node:path";
import { damagedTokenizer, missingFile } from "../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { bytePairTokenizer } from "../text/byte-pair.ts";
import type { TextTokenizer } from "../text/tokenizer.ts";
import { readTokenizerJson } from "../text/tokenizer-json.ts";

/** The tokenizer that a run's folder holds. */
export async function readTokenizer(disk: Disk, folder: string): Promise<TextTokenizer> {
  const path = join(folder, "tokenizer.json");
  const bytes = await disk.read(path);
  if (bytes === undefined) return refuse(diagnose(missingFile, { file: path }, { path }));
  const model = readTokenizerJson(new TextDecoder().decode(bytes));
  if (typeof model !== "string") return bytePairTokenizer(model);
  return refuse(diagnose(damagedTokenizer, { file: path }, { problem: model }));
}
