import type { Item, ModelItem, SourceFile } from "../../grammar/tree.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";

/** Whether a parameter of a declaration could not be read: calls of it and its body say nothing. */
export function hasUnreadParameter(item: Item | undefined): boolean {
  if (item?.kind === "function") return item.parameters.some(({ name }) => name.text === "");
  if (item?.kind !== "model") return false;
  return (
    item.parameters?.some(({ name }) => name.text === "") === true ||
    item.members.some((member) => member.kind === "function" && hasUnreadParameter(member))
  );
}

/** Whether a member of a model could not be read: what seems to be missing may stand there. */
export function hasUnreadMember(model: ModelItem): boolean {
  return model.members.some((member) => member.kind === "error");
}

/** The declaration of a file that a place stands in. */
export function itemAt(tree: SourceFile | undefined, offset: number): Item | undefined {
  return tree?.items.find((item) => item.span.start <= offset && offset < item.span.end);
}

/** Lines of a file with something that could not be read. */
export function unreadLines(
  tree: SourceFile,
  diagnostics: readonly Diagnostic[],
): (offset: number) => boolean {
  const ranges: { readonly start: number; readonly end: number }[] = [];
  for (const { code, place } of diagnostics) {
    if (place.file !== tree.path || place.range === undefined || code >= "LV02") continue;
    const start = tree.text.lastIndexOf("\n", place.range.start - 1) + 1;
    const end = tree.text.indexOf("\n", place.range.start);
    ranges.push({ start, end: end < 0 ? tree.text.length : end });
  }
  return (offset) => ranges.some(({ start, end }) => start <= offset && offset <= end);
}
