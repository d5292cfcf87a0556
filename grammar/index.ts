export { type Formatted, format } from "./format.ts";
export { type Parsed, parse } from "./parser/parse.ts";
export { type LineAndColumn, lineAndColumn, spanText } from "./position.ts";
export { print } from "./printer/print.ts";
export { sameTree } from "./same-tree.ts";
export type * from "./tree.ts";
export { type AnyNode, childrenOf, visit } from "./visit.ts";
