import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of a page. */
export interface Block {
  readonly file: string;
  /** From 1, of the opening fence. */
  readonly line: number;
  /** First word after the fence, and the others. */
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

/** Pages that are kept true by tests. */
export function pages(): readonly string[] {
  const docs = readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));
  return ["README.md", ...docs.sort()];
}

export function blocksOf(file: string): readonly Block[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(\S+)(.*)$/.exec(lines[at] ?? "");
    if (fence === null) continue;
    const end = lines.indexOf("```", at + 1);
    blocks.push({
      file,
      line: at + 1,
      language: fence[1] ?? "",
      words: (fence[2] ?? "").trim().split(/\s+/).filter(Boolean),
      text: `${lines.slice(at + 1, end).join("\n")}\n`,
    });
    at = end;
  }
  return blocks;
}
