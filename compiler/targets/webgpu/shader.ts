import type { BoundOperands } from "./bindings.ts";
import { functionTexts } from "./functions.ts";

/** The code of a kernel, and the words of its uniform block for one dispatch. */
export interface ShaderText {
  readonly code: string;
  /** Names of uniform fields after the bases of the operands. */
  readonly fields: readonly string[];
}

/** Bits of +∞, given as a uniform because no constant expression may be infinite. */
export const infinityBits = 0x7f800000;

/** Declarations, functions and entry point of a compute shader. */
export function assemble(parts: {
  readonly bound: BoundOperands;
  readonly fields: readonly string[];
  readonly functions: ReadonlySet<string>;
  readonly vectorSlots: ReadonlySet<number>;
  readonly before?: string;
  readonly entry: string;
  readonly subgroups: boolean;
}): ShaderText {
  const { bound, fields } = parts;
  const names = [...bound.operands.map((_, index) => `base${index}`), ...fields];
  const slots = bound.slots.map(({ words, access }, index) => {
    const scalar = words === "bits" ? "u32" : words;
    const type = parts.vectorSlots.has(index) ? `vec4<${scalar}>` : scalar;
    return `@group(0) @binding(${index}) var<storage, ${access}> slot${index}: array<${type}>;`;
  });
  const code = [
    ...(parts.subgroups ? ["enable subgroups;", ""] : []),
    "struct Sizes {",
    ...names.map((name) => `  ${name}: i32,`),
    "  infinity: i32,",
    "}",
    "",
    ...slots,
    `@group(0) @binding(${slots.length}) var<uniform> sizes: Sizes;`,
    "",
    functionTexts(parts.functions),
    parts.before ?? "",
    parts.entry,
    "",
  ];
  return {
    code: code.filter((line, index) => line !== "" || code[index - 1] !== "").join("\n"),
    fields,
  };
}

/** Copies of the bases in names that expressions use. */
export function baseLines(bound: BoundOperands): readonly string[] {
  return bound.operands.map((_, index) => `let base${index} = sizes.base${index};`);
}

export function indented(lines: readonly string[], depth: number): string {
  const space = "  ".repeat(depth);
  return lines.map((line) => `${space}${line}`).join("\n");
}
