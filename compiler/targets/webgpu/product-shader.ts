import { InternalError, invariant } from "../../../program/invariant.ts";
import type { Product, ProductLoops, ProductSchedule } from "../../kernels/program.ts";
import type { BoundOperands } from "./bindings.ts";
import { createPrinter } from "./printer.ts";
import { assemble, baseLines, indented, type ShaderText } from "./shader.ts";

export interface ProductShader extends ShaderText {
  readonly values: readonly number[];
  /** Workgroups to dispatch, before folding. */
  readonly workgroups: number;
}

type Side = "left" | "right" | "result";

/** Sizes and strides are uniforms: the text depends on how many loops each index has, no more. */
interface Field {
  readonly name: string;
  readonly value: number;
}

export function productShader(product: Product, bound: BoundOperands): ProductShader {
  const { schedule } = product;
  return schedule.kind === "register"
    ? registerShader(product, bound, schedule)
    : workgroupShader(product, bound, schedule);
}

function total(loops: ProductLoops): number {
  return loops.sizes.reduce((product, size) => product * size, 1);
}

/** Fields and a function that turns a flat index into words of one side. */
function addressing(name: string, loops: ProductLoops, side: Side) {
  const count = loops.sizes.length;
  const fields: Field[] = [];
  if (count === 0) return { fields, code: (_: string) => "0" };
  const strides = loops[side];
  strides.forEach((value, loop) => {
    fields.push({ name: `${name}_${side}_${loop}`, value });
  });
  loops.sizes.slice(1).forEach((value, loop) => {
    fields.push({ name: `${name}_size_${loop + 1}`, value });
  });
  const stride = (loop: number) => `sizes.${name}_${side}_${loop}`;
  const size = (loop: number) => `sizes.${name}_size_${loop}`;
  const code = (index: string): string => {
    switch (count) {
      case 1:
        return `(${index}) * ${stride(0)}`;
      case 2:
        return `((${index}) / ${size(1)}) * ${stride(0)} + ((${index}) % ${size(1)}) * ${stride(1)}`;
      case 3:
        return (
          `((${index}) / ${size(2)} / ${size(1)}) * ${stride(0)} + ` +
          `((${index}) / ${size(2)} % ${size(1)}) * ${stride(1)} + ((${index}) % ${size(2)}) * ${stride(2)}`
        );
      default:
        throw new InternalError("a product of more than three loops");
    }
  };
  return { fields, code };
}

function distinct(fields: readonly Field[]): readonly Field[] {
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

/** Counts that every product has; `tiles` along rows and columns are in workgroups. */
function countFields(product: Product, rows: number, columns: number): readonly Field[] {
  return [
    { name: "across", value: 0 },
    { name: "rows", value: total(product.rows) },
    { name: "columns", value: total(product.columns) },
    { name: "depth", value: total(product.depth) },
    { name: "row_tiles", value: Math.ceil(total(product.rows) / rows) },
    { name: "column_tiles", value: Math.ceil(total(product.columns) / columns) },
    { name: "batches", value: total(product.batch) },
  ];
}

/** Which tile this workgroup has. */
const tileLines = [
  "let tile = i32(group.x) + i32(group.y) * sizes.across;",
  "let column_tile = tile % sizes.column_tiles;",
  "let row_tile = (tile / sizes.column_tiles) % sizes.row_tiles;",
  "let b = tile / sizes.column_tiles / sizes.row_tiles;",
  "if (b >= sizes.batches) { return; }",
];

/** Where batches, rows and columns are in the operands and in the result. */
function outerAddressing(product: Product) {
  return {
    batchLeft: addressing("batch", product.batch, "left"),
    batchRight: addressing("batch", product.batch, "right"),
    batchResult: addressing("batch", product.batch, "result"),
    rowLeft: addressing("row", product.rows, "left"),
    rowResult: addressing("row", product.rows, "result"),
    columnRight: addressing("column", product.columns, "right"),
    columnResult: addressing("column", product.columns, "result"),
  };
}

/**
 * A subgroup owns a tile in registers. Each lane has its own columns, four at a time; rows of the
 * left operand are loaded once in the subgroup and broadcast. No barrier, and the loop over the
 * depth is not unrolled: both are dear on software adapters.
 */
function registerShader(
  product: Product,
  bound: BoundOperands,
  schedule: ProductSchedule & { readonly kind: "register" },
): ProductShader {
  const { rows: rowCount, subgroup } = schedule;
  const fours = schedule.columns / 4;
  const rowLoads = rowCount / subgroup;
  const { left, right, result } = product;
  invariant(result !== undefined, "products in registers store their sums as they are");
  const at = outerAddressing(product);
  const depthFields = product.depth.sizes.flatMap((size, loop): readonly Field[] => [
    { name: `depth_count_${loop}`, value: size },
    { name: `depth_left_${loop}`, value: product.depth.left[loop] ?? 0 },
    { name: `depth_right_${loop}`, value: product.depth.right[loop] ?? 0 },
  ]);
  const fields = distinct([
    ...countFields(product, rowCount, subgroup * schedule.columns),
    ...Object.values(at).flatMap((one) => one.fields),
    ...depthFields,
  ]);
  const slot = (operand: number) => `slot${bound.operands[operand]?.slot ?? 0}`;
  const slotAt = (operand: number) => bound.operands[operand]?.slot ?? 0;
  const vectorSlots = new Set([slotAt(right), ...(schedule.vectorStore ? [slotAt(result)] : [])]);
  const asReal = (operand: number, text: string, type: string) =>
    bound.slots[slotAt(operand)]?.words === "bits" ? `bitcast<${type}>(${text})` : text;
  const scalar = (operand: number, index: string) =>
    vectorSlots.has(slotAt(operand))
      ? `${slot(operand)}[(${index}) >> 2u][(${index}) & 3]`
      : `${slot(operand)}[${index}]`;

  const lines: string[] = [...tileLines, "let lane = i32(local);"];
  lines.push(`let row = row_tile * ${rowCount};`);
  lines.push(`let column = (column_tile * ${subgroup} + lane) * ${schedule.columns};`);
  for (let load = 0; load < rowLoads; load += 1) {
    const index = `min(row + lane + ${load * subgroup}, sizes.rows - 1)`;
    lines.push(
      `let at_left${load} = sizes.base${left} + ${at.batchLeft.code("b")} + ${at.rowLeft.code(index)};`,
    );
  }
  lines.push(`let at_right = sizes.base${right} + ${at.batchRight.code("b")};`);
  lines.push("let last_four = ((sizes.columns - 1) / 4) * 4;");
  for (let four = 0; four < fours; four += 1) {
    const index = `min(column + ${four * 4}, last_four)`;
    lines.push(`let at_right${four} = (at_right + ${at.columnRight.code(index)}) >> 2u;`);
  }
  const accumulator = (row: number, four: number) => `sum_${row}_${four}`;
  for (let row = 0; row < rowCount; row += 1) {
    for (let four = 0; four < fours; four += 1) {
      lines.push(`var ${accumulator(row, four)} = vec4<f32>();`);
    }
  }
  const loops = product.depth.sizes.length;
  let indent = "";
  let [leftFrom, rightFrom] = ["0", "0"];
  for (let loop = 0; loop < loops; loop += 1) {
    lines.push(
      `${indent}var left_${loop} = ${leftFrom};`,
      `${indent}var right_${loop} = ${rightFrom};`,
    );
    lines.push(
      `${indent}for (var k${loop} = 0; k${loop} < sizes.depth_count_${loop}; k${loop}++) {`,
    );
    indent += "  ";
    [leftFrom, rightFrom] = [`left_${loop}`, `right_${loop}`];
  }
  for (let load = 0; load < rowLoads; load += 1) {
    const text = scalar(left, `at_left${load} + ${leftFrom}`);
    lines.push(`${indent}let a${load} = ${asReal(left, text, "f32")};`);
  }
  for (let four = 0; four < fours; four += 1) {
    const text = `${slot(right)}[at_right${four} + (${rightFrom} >> 2u)]`;
    lines.push(`${indent}let b${four} = ${asReal(right, text, "vec4<f32>")};`);
  }
  for (let row = 0; row < rowCount; row += 1) {
    const load = Math.floor(row / subgroup);
    lines.push(`${indent}let s${row} = subgroupBroadcast(a${load}, ${row % subgroup}u);`);
    for (let four = 0; four < fours; four += 1) {
      const name = accumulator(row, four);
      lines.push(`${indent}${name} = fma(vec4<f32>(s${row}), b${four}, ${name});`);
    }
  }
  for (let loop = loops - 1; loop >= 0; loop -= 1) {
    lines.push(
      `${indent}left_${loop} += sizes.depth_left_${loop};`,
      `${indent}right_${loop} += sizes.depth_right_${loop};`,
    );
    indent = indent.slice(2);
    lines.push(`${indent}}`);
  }
  lines.push(`let at_result = sizes.base${result} + ${at.batchResult.code("b")};`);
  const step = schedule.vectorStore ? 4 : 1;
  for (let column = 0; column < schedule.columns; column += step) {
    lines.push(
      `let to_column${column} = at_result + ${at.columnResult.code(`column + ${column}`)};`,
    );
  }
  for (let row = 0; row < rowCount; row += 1) {
    lines.push(
      `if (row + ${row} < sizes.rows) {`,
      `  let to_row = ${at.rowResult.code(`row + ${row}`)};`,
    );
    for (let column = 0; column < schedule.columns; column += step) {
      const value = accumulator(row, Math.floor(column / 4));
      const component = step === 4 ? value : `${value}[${column % 4}]`;
      const type = step === 4 ? "vec4<u32>" : "u32";
      const bits = bound.slots[slotAt(result)]?.words === "bits";
      const stored = bits ? `bitcast<${type}>(${component})` : component;
      const index = `to_row + to_column${column}`;
      const target = step === 4 ? `${slot(result)}[(${index}) >> 2u]` : scalar(result, index);
      lines.push(`  if (column + ${column} < sizes.columns) { ${target} = ${stored}; }`);
    }
    lines.push("}");
  }
  const text = assemble({
    bound,
    fields: fields.map((field) => field.name),
    functions: new Set(),
    vectorSlots,
    entry:
      `@compute @workgroup_size(${subgroup})\n` +
      "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {\n" +
      `${indented(lines, 1)}\n}`,
    subgroups: true,
  });
  return {
    ...text,
    values: fields.map((field) => field.value),
    workgroups: tiles(product, rowCount, subgroup * schedule.columns),
  };
}

function tiles(product: Product, rows: number, columns: number): number {
  return (
    total(product.batch) *
    Math.ceil(total(product.rows) / rows) *
    Math.ceil(total(product.columns) / columns)
  );
}

/** A workgroup of 16 × 16 invocations owns a tile, staged through workgroup memory. */
function workgroupShader(
  product: Product,
  bound: BoundOperands,
  schedule: ProductSchedule & { readonly kind: "workgroup" },
): ProductShader {
  const { tile, depth } = schedule;
  const each = tile / 16;
  const { left, right, result } = product;
  const at = {
    ...outerAddressing(product),
    depthLeft: addressing("depth", product.depth, "left"),
    depthRight: addressing("depth", product.depth, "right"),
  };
  const fields = distinct([
    ...countFields(product, tile, tile),
    ...Object.values(at).flatMap((one) => one.fields),
  ]);
  const read = (operand: number, index: string) => {
    const slot = bound.operands[operand]?.slot ?? 0;
    const text = `slot${slot}[${index}]`;
    return bound.slots[slot]?.words === "bits" ? `bitcast<f32>(${text})` : text;
  };
  /** Neighbouring invocations should read neighbouring words. */
  const deepFirst = (loops: ProductLoops, side: Side) => loops[side].at(-1) === 1;
  const leftByDepth = deepFirst(product.depth, "left");
  const rightByDepth = deepFirst(product.depth, "right");
  const entryLines = (name: string, byDepth: boolean) => {
    const [fast, slow] = byDepth ? [depth, "deep"] : [tile, "side"];
    const [first, second] = byDepth ? ["deep", "side"] : ["side", "deep"];
    void slow;
    return [
      `let ${name}_entry = local_index + load * 256;`,
      `let ${name}_${first} = ${name}_entry % ${fast};`,
      `let ${name}_${second} = ${name}_entry / ${fast};`,
    ];
  };
  const lines: string[] = [
    ...tileLines,
    "let local_index = i32(local);",
    "let tx = local_index % 16;",
    "let ty = local_index / 16;",
    `let row = row_tile * ${tile};`,
    `let column = column_tile * ${tile};`,
    `let at_left = sizes.base${left} + ${at.batchLeft.code("b")};`,
    `let at_right = sizes.base${right} + ${at.batchRight.code("b")};`,
  ];
  const pairs = Array.from({ length: each * each }, (_, index) => ({
    r: Math.floor(index / each),
    c: index % each,
  }));
  for (const { r, c } of pairs) lines.push(`var sum_${r}_${c} = 0.0f;`);
  lines.push(
    `for (var k = 0; k < sizes.depth; k += ${depth}) {`,
    `  for (var load = 0; load < ${(tile * depth) / 256}; load++) {`,
    ...entryLines("left", leftByDepth).map((line) => `    ${line}`),
    "    let left_row = row + left_side;",
    "    let left_k = k + left_deep;",
    "    var left_value = 0.0f;",
    "    if (left_row < sizes.rows && left_k < sizes.depth) {",
    `      left_value = ${read(left, `at_left + ${at.rowLeft.code("left_row")} + ${at.depthLeft.code("left_k")}`)};`,
    "    }",
    `    tile_left[left_deep * ${tile} + left_side] = left_value;`,
    ...entryLines("right", rightByDepth).map((line) => `    ${line}`),
    "    let right_column = column + right_side;",
    "    let right_k = k + right_deep;",
    "    var right_value = 0.0f;",
    "    if (right_column < sizes.columns && right_k < sizes.depth) {",
    `      right_value = ${read(right, `at_right + ${at.columnRight.code("right_column")} + ${at.depthRight.code("right_k")}`)};`,
    "    }",
    `    tile_right[right_deep * ${tile} + right_side] = right_value;`,
    "  }",
    "  workgroupBarrier();",
    `  for (var d = 0; d < ${depth}; d++) {`,
  );
  for (let index = 0; index < each; index += 1) {
    lines.push(
      `    let a${index} = tile_left[d * ${tile} + ty * ${each} + ${index}];`,
      `    let b${index} = tile_right[d * ${tile} + tx * ${each} + ${index}];`,
    );
  }
  for (const { r, c } of pairs) lines.push(`    sum_${r}_${c} = fma(a${r}, b${c}, sum_${r}_${c});`);
  lines.push("  }", "  workgroupBarrier();", "}");
  for (const { r, c } of pairs) {
    lines.push(
      `finish(b, row + ty * ${each} + ${r}, column + tx * ${each} + ${c}, sum_${r}_${c});`,
    );
  }
  const printer = createPrinter({
    bound,
    inner: [],
    vector: undefined,
    vectorOperands: new Set(),
  });
  const finish: string[] = ["if (m >= sizes.rows || n >= sizes.columns) { return; }"];
  if (result !== undefined) {
    const slot = bound.operands[result]?.slot ?? 0;
    const bits = bound.slots[slot]?.words === "bits";
    const index = `sizes.base${result} + ${at.batchResult.code("b")} + ${at.rowResult.code("m")} + ${at.columnResult.code("n")}`;
    finish.push(`slot${slot}[${index}] = ${bits ? "bitcast<u32>(acc0)" : "acc0"};`);
  } else {
    finish.push(...baseLines(bound));
    for (const store of product.stores) {
      printer.value(store.index);
      printer.value(store.value);
    }
    const stores = product.stores.map((store) =>
      printer.store(store.operand, store.index, store.value),
    );
    finish.push(...printer.outer.lines, ...stores);
  }
  const before =
    `var<workgroup> tile_left: array<f32, ${tile * depth}>;\n` +
    `var<workgroup> tile_right: array<f32, ${tile * depth}>;\n\n` +
    `fn finish(b: i32, m: i32, n: i32, acc0: f32) {\n${indented(finish, 1)}\n}\n`;
  const text = assemble({
    bound,
    fields: fields.map((field) => field.name),
    functions: printer.functions,
    vectorSlots: new Set(),
    before,
    entry:
      "@compute @workgroup_size(256)\n" +
      "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {\n" +
      `${indented(lines, 1)}\n}`,
    subgroups: false,
  });
  return {
    ...text,
    values: fields.map((field) => field.value),
    workgroups: tiles(product, tile, tile),
  };
}
