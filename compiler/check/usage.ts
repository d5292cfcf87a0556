import type { AnyNode } from "../../grammar/index.ts";
import { visit } from "../../grammar/index.ts";
import type { FunctionItem, ModelItem } from "../../grammar/tree.ts";

/** Names that stand somewhere in a declaration's body; `undefined` where a hole may use anything. */
const used = new WeakMap<FunctionItem | ModelItem, ReadonlySet<string> | "anything">();

function namesUsed(declaration: FunctionItem | ModelItem): ReadonlySet<string> | "anything" {
  const known = used.get(declaration);
  if (known !== undefined) return known;
  const names = new Set<string>();
  let open = false;
  const roots: readonly AnyNode[] =
    declaration.kind === "model"
      ? declaration.members
      : declaration.body?.kind === "code"
        ? [declaration.body.expression]
        : [];
  if (declaration.kind === "function" && declaration.body === undefined) open = true;
  // Types and defaults of parameters may name other parameters.
  const others: AnyNode[] = [];
  for (const parameter of declaration.parameters ?? []) {
    others.push(parameter.type);
    if (parameter.value !== undefined) others.push(parameter.value);
  }
  if (declaration.kind === "function" && declaration.result !== undefined) {
    others.push(declaration.result);
  }
  for (const root of [...roots, ...others]) {
    visit(root, (node) => {
      if (node.kind === "hole" || node.kind === "error") open = true;
      if (node.kind === "reference" && "name" in node && typeof node.name === "string") {
        names.add(node.name);
      }
      if (node.kind === "path" && "path" in node && Array.isArray(node.path)) {
        const [head] = node.path as readonly { readonly text: string }[];
        if (head !== undefined) names.add(head.text);
      }
    });
  }
  const result = open ? "anything" : names;
  used.set(declaration, result);
  return result;
}

/** Whether anything in a declaration reads its parameter. */
export function isRead(declaration: FunctionItem | ModelItem, parameter: string): boolean {
  const names = namesUsed(declaration);
  return names === "anything" || names.has(parameter);
}
