import type { SourceFile } from "../../grammar/tree.ts";

/** The syntax tree, one node a line: kind, plain properties, and the range of the text. */
export function treeText(file: SourceFile): string {
  const lines: string[] = [];
  write("", file, 0, lines);
  return lines.join("\n");
}

function write(label: string, value: object, depth: number, lines: string[]): void {
  const entries = Object.entries(value).filter(
    ([name]) => !["kind", "span", "text", "comments", "path"].includes(name) || !isFile(value),
  );
  const plain = entries.flatMap(([name, inner]) => plainProperty(name, inner));
  const head = "kind" in value ? String(value.kind) : "";
  const range =
    "span" in value && isSpan(value.span) ? `[${value.span.start}, ${value.span.end})` : "";
  const words = [label === "" ? "" : `${label}:`, head, ...plain, range].filter(Boolean);
  lines.push(`${"  ".repeat(depth)}${words.join(" ")}`);
  for (const [name, inner] of entries) {
    if (name === "span" || name === "operatorSpan") continue;
    if (Array.isArray(inner)) {
      for (const element of inner) {
        if (isObject(element)) write(name, element, depth + 1, lines);
      }
    } else if (isObject(inner) && !isName(inner)) {
      write(name, inner, depth + 1, lines);
    }
  }
}

/** Properties that fit on the node's own line. */
function plainProperty(name: string, value: unknown): readonly string[] {
  if (name === "kind" || value === undefined) return [];
  if (isName(value)) return [`${name}=${value.text}`];
  if (["string", "number", "boolean"].includes(typeof value)) {
    return [`${name}=${JSON.stringify(value)}`];
  }
  if (Array.isArray(value) && value.length > 0 && value.every(isName)) {
    return [`${name}=${value.map((part) => part.text).join(".")}`];
  }
  return [];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isName(value);
}

function isName(value: unknown): value is { readonly kind: "name"; readonly text: string } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "name";
}

function isFile(value: object): boolean {
  return "kind" in value && value.kind === "file";
}

function isSpan(value: unknown): value is { readonly start: number; readonly end: number } {
  return typeof value === "object" && value !== null && "start" in value && "end" in value;
}
