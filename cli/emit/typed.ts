import type { TypedProgram } from "../../compiler/check/program.ts";
import { describe } from "../../compiler/check/types.ts";

/** Every expression of the entry recipe whose type is known, one a line, in the order of the text. */
export function typedText(program: TypedProgram): string {
  const tree = program.modules.get(program.entry)?.tree;
  if (tree === undefined) return "";
  const inside = new Set<object>();
  collect(tree, inside);
  const lines = [...program.types]
    .filter(([node]) => inside.has(node))
    .sort(([a], [b]) => a.span.start - b.span.start || b.span.end - a.span.end)
    .map(([node, type]) => {
      const { start, end } = node.span;
      return `[${start}, ${end})  ${oneLine(tree.text.slice(start, end))} : ${describe(type)}`;
    });
  return lines.join("\n");
}

const longest = 60;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

function collect(value: unknown, found: Set<object>): void {
  if (typeof value !== "object" || value === null || found.has(value)) return;
  found.add(value);
  for (const inner of Object.values(value)) collect(inner, found);
}
