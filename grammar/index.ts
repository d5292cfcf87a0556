export { type Parsed, parse } from "./parser/parse.ts";
export { type LineAndColumn, lineAndColumn, spanText } from "./position.ts";
export type * from "./tree.ts";
export { type AnyNode, childrenOf, visit } from "./visit.ts";
