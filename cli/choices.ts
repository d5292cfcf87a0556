import type { Program } from "../compiler/check/program.ts";
import type { TypeNode } from "../grammar/tree.ts";

/** An input that offers a choice, with each of its literals as it would be written after `--set`. */
export interface Choice {
  readonly name: string;
  readonly literals: readonly string[];
}

/** The inputs of the entry recipe whose type lists what they may be. */
export function choices(program: Program): readonly Choice[] {
  const items = program.modules.get(program.entry)?.tree.items ?? [];
  return items.flatMap((item) => {
    if (item.kind !== "input") return [];
    const literals = literalsOf(item.type);
    return literals.length === 0 ? [] : [{ name: item.name.text, literals }];
  });
}

function literalsOf(type: TypeNode): readonly string[] {
  switch (type.kind) {
    case "literal-type":
      return [JSON.stringify(type.value)];
    case "union-type":
      return type.members.flatMap(literalsOf);
    case "optional-type":
      return [...literalsOf(type.inner), "none"];
    case "named-type":
      return type.path.length === 1 && type.path[0]?.text === "Bool" ? ["true", "false"] : [];
    default:
      return [];
  }
}
