import { InternalError } from "../../../program/invariant.ts";
import { below, type Variable } from "../../kernels/expression.ts";
import type { Nest, Phase, Reduction } from "../../kernels/program.ts";
import { vectorVariable } from "../../kernels/vector.ts";
import type { BoundOperands } from "./bindings.ts";
import { createPrinter, literal, type Printer } from "./printer.ts";
import { assemble, baseLines, indented, type ShaderText } from "./shader.ts";

/** A shader for a nest, and how many invocations or workgroups it needs. */
export interface NestShader extends ShaderText {
  readonly values: readonly number[];
  /** Workgroups to dispatch, before folding. */
  readonly workgroups: number;
}

export function nestShader(nest: Nest, bound: BoundOperands): NestShader {
  const fours = nest.schedule.kind === "lane" && nest.schedule.vector === 4;
  const vector = fours ? vectorVariable(nest) : undefined;
  const printer = createPrinter({
    bound,
    inner: nest.inner,
    vector,
    vectorOperands: vectorOperands(nest, vector),
  });
  const rowCount = count(nest.rows);
  const owners = fours && nest.inner.length === 0 ? rowCount / 4 : rowCount;
  const group = nest.schedule.workgroup;
  const shared = nest.schedule.kind === "workgroup";
  const fields = ["owners", "across", ...nest.inner.map((loop) => `size_${loop.name}`)];
  const values = [owners, 0, ...nest.inner.map((loop) => loop.size)];
  const body = shared ? sharedBody(nest, printer) : laneBody(nest, printer, vector);
  const start = shared
    ? [
        "let owner = i32(group.x) + i32(group.y) * sizes.across;",
        "if (owner >= sizes.owners) { return; }",
        "let lane = i32(local);",
      ]
    : [
        "let owner = i32(id.x) + i32(id.y) * sizes.across;",
        "if (owner >= sizes.owners) { return; }",
      ];
  const parameters = shared
    ? "@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32"
    : "@builtin(global_invocation_id) id: vec3<u32>";
  const lines = [
    ...start,
    ...baseLines(bound),
    ...rowLines(nest.rows, fours && nest.inner.length === 0),
    ...body,
  ];
  const memory = shared ? sharedMemory(nest) : "";
  const text = assemble({
    bound,
    fields,
    functions: printer.functions,
    vectorSlots: printer.vectorSlots,
    before: memory,
    entry: `@compute @workgroup_size(${group})\nfn main(${parameters}) {\n${indented(lines, 1)}\n}`,
    subgroups: false,
  });
  return { ...text, values, workgroups: shared ? owners : Math.ceil(owners / group) };
}

function count(loops: readonly Variable[]): number {
  return loops.reduce((product, loop) => product * loop.size, 1);
}

/** Counters of the row loops from the owner's number. */
function rowLines(rows: readonly Variable[], fours: boolean): readonly string[] {
  const lines: string[] = [];
  let rest = "owner";
  for (const [index, row] of [...rows].reverse().entries()) {
    const step = index === 0 && fours ? 4 : 1;
    const size = row.size / step;
    const last = index === rows.length - 1;
    const value = last ? rest : `${rest} % ${size}`;
    lines.push(`let ${row.name} = ${step === 4 ? `(${value}) * 4` : value};`);
    if (!last) {
      lines.push(`let rest${index} = ${rest} / ${size};`);
      rest = `rest${index}`;
    }
  }
  return lines;
}

function vectorOperands(nest: Nest, vector: Variable | undefined): ReadonlySet<number> {
  const found = new Set<number>();
  if (vector === undefined) return found;
  const uses = (roots: Parameters<typeof below>[0]) =>
    below(roots).some((part) => part.kind === "variable" && part.variable === vector);
  for (const phase of nest.phases) {
    for (const store of phase.stores) if (uses([store.index])) found.add(store.operand);
    const roots = [
      ...phase.reductions.map((reduction) => reduction.value),
      ...phase.stores.map((store) => store.value),
    ];
    for (const part of below(roots)) {
      if (part.kind === "load" && uses([part.index])) found.add(part.operand);
    }
  }
  return found;
}

/** The value from which a reduction starts. */
function neutral(reduction: Reduction, element: "real" | "int" | "bool"): string {
  switch (reduction.combine) {
    case "sum":
      return literal(0, element === "bool" ? "int" : element);
    case "max":
      return element === "real" ? literal(Number.NEGATIVE_INFINITY, "real") : "(-2147483647)";
    case "min":
      return element === "real" ? literal(Number.POSITIVE_INFINITY, "real") : "2147483647";
    case "argmax":
      return "0";
  }
}

function combined(combine: Reduction["combine"], a: string, b: string): string {
  switch (combine) {
    case "sum":
      return `${a} + ${b}`;
    case "max":
      return `max(${a}, ${b})`;
    case "min":
      return `min(${a}, ${b})`;
    case "argmax":
      throw new InternalError("an argmax combines two numbers");
  }
}

function laneBody(nest: Nest, printer: Printer, vector: Variable | undefined): readonly string[] {
  for (const phase of nest.phases) lanePhase(nest, phase, printer, vector);
  return printer.outer.lines;
}

function lanePhase(nest: Nest, phase: Phase, printer: Printer, vector: Variable | undefined): void {
  const { lines } = printer.outer;
  if (!phase.looped || nest.inner.length === 0) {
    oncePhase(phase, printer);
    return;
  }
  const fours = vector !== undefined;
  const elementOf = (index: number) => nest.accumulators[index] ?? "real";
  const wide = (reduction: Reduction) => fours && printer.isVector(reduction.value);
  for (const reduction of phase.reductions) {
    const { accumulator } = reduction;
    const first = neutral(reduction, elementOf(accumulator));
    if (wide(reduction)) lines.push(`var wide${accumulator} = vec4<f32>(${first});`);
    else lines.push(`var acc${accumulator} = ${first};`);
    if (reduction.combine === "argmax") {
      lines.push(`var acc${accumulator + 1} = ${lowestOf(elementOf(accumulator + 1))};`);
    }
  }
  const running = new Set(phase.reductions.map((reduction) => reduction.accumulator));
  const from = nest.range === undefined ? undefined : printer.value(nest.range.from);
  const to = nest.range === undefined ? undefined : printer.value(nest.range.to);
  const scope = printer.enter(running);
  const inside = scope.lines;
  const stored = phase.stores.filter((store) => !readsRunning(store.value, running));
  for (const store of stored) {
    printer.value(store.index);
    printer.value(store.value);
  }
  for (const reduction of phase.reductions) {
    const { accumulator, combine } = reduction;
    let text = printer.value(reduction.value);
    if (combine === "argmax") {
      const counter = nest.inner.map((loop) => loop.name).at(-1) ?? "0";
      inside.push(
        `if (${text} > acc${accumulator + 1}) { acc${accumulator} = ${counter}; acc${accumulator + 1} = ${text}; }`,
      );
      continue;
    }
    const name = wide(reduction) ? `wide${accumulator}` : `acc${accumulator}`;
    if (reduction.value.element === "bool") text = `i32(${text})`;
    if (fours && !wide(reduction) && combine === "sum") {
      text = `${literal(4, elementOf(accumulator))} * ${text}`;
    }
    inside.push(`${name} = ${combined(combine, name, text)};`);
  }
  for (const store of phase.stores) {
    const statement = printer.store(store.operand, store.index, store.value);
    inside.push(guarded(printer, store.condition, statement));
  }
  printer.leave();
  const heads = nest.inner.map((loop, index) => {
    const step = loop === vector ? 4 : 1;
    const start = from !== undefined && index === 0 ? from : "0";
    const end = to !== undefined && index === 0 ? to : `sizes.size_${loop.name}`;
    return `for (var ${loop.name} = ${start}; ${loop.name} < ${end}; ${loop.name} += ${step}) {`;
  });
  lines.push(...heads, ...inside.map((line) => `  ${line}`), ...heads.map(() => "}"));
  for (const reduction of phase.reductions) {
    if (!wide(reduction)) continue;
    const name = `wide${reduction.accumulator}`;
    const pair = (a: string, b: string) =>
      combined(reduction.combine, `${name}.${a}`, `${name}.${b}`);
    const [left, right] = [pair("x", "y"), pair("z", "w")];
    lines.push(
      `let acc${reduction.accumulator} = ${combined(reduction.combine, `(${left})`, `(${right})`)};`,
    );
  }
}

function readsRunning(value: Parameters<typeof below>[0][number], running: ReadonlySet<number>) {
  return below([value]).some((part) => part.kind === "accumulator" && running.has(part.index));
}

/** A phase without a loop: reductions of one entry are the entry. */
function oncePhase(phase: Phase, printer: Printer): void {
  const { lines } = printer.outer;
  for (const reduction of phase.reductions) {
    const { accumulator, combine } = reduction;
    const text = printer.value(reduction.value);
    if (combine === "argmax") {
      lines.push(`let acc${accumulator} = 0;`, `let acc${accumulator + 1} = ${text};`);
    } else {
      const number = reduction.value.element === "bool" ? `i32(${text})` : text;
      lines.push(`let acc${accumulator} = ${number};`);
    }
  }
  for (const store of phase.stores) {
    printer.value(store.index);
    printer.value(store.value);
  }
  for (const store of phase.stores) {
    const statement = printer.store(store.operand, store.index, store.value);
    lines.push(guarded(printer, store.condition, statement));
  }
}

function guarded(
  printer: Printer,
  condition: Parameters<Printer["value"]>[0] | undefined,
  statement: string,
): string {
  return condition === undefined ? statement : `if (${printer.value(condition)}) { ${statement} }`;
}

function lowestOf(element: "real" | "int" | "bool"): string {
  return element === "real" ? literal(Number.NEGATIVE_INFINITY, "real") : "(-2147483647)";
}

/** A workgroup owns the row: lanes stride over the inner entries, then reduce in a tree. */
function sharedBody(nest: Nest, printer: Printer): readonly string[] {
  for (const phase of nest.phases) sharedPhase(nest, phase, printer);
  return printer.outer.lines;
}

function sharedPhase(nest: Nest, phase: Phase, printer: Printer): void {
  const { lines } = printer.outer;
  const width = nest.schedule.workgroup;
  if (!phase.looped || nest.inner.length === 0) {
    for (const store of phase.stores) {
      const statement = printer.store(store.operand, store.index, store.value);
      lines.push(`if (lane == 0) { ${guarded(printer, store.condition, statement)} }`);
    }
    return;
  }
  const elementOf = (index: number) => nest.accumulators[index] ?? "real";
  for (const reduction of phase.reductions) {
    const { accumulator } = reduction;
    lines.push(`var part${accumulator} = ${neutral(reduction, elementOf(accumulator))};`);
    if (reduction.combine === "argmax") {
      lines.push(`var part${accumulator + 1} = ${lowestOf(elementOf(accumulator + 1))};`);
    }
  }
  const scope = printer.enter(new Set());
  const inside = scope.lines;
  let rest = "entry";
  for (const [index, loop] of [...nest.inner].reverse().entries()) {
    const last = index === nest.inner.length - 1;
    inside.push(`let ${loop.name} = ${last ? rest : `${rest} % ${loop.size}`};`);
    if (!last) {
      inside.push(`let inner${index} = ${rest} / ${loop.size};`);
      rest = `inner${index}`;
    }
  }
  for (const reduction of phase.reductions) {
    const { accumulator, combine } = reduction;
    const text = printer.value(reduction.value);
    if (combine === "argmax") {
      inside.push(
        `if (${text} > part${accumulator + 1}) { part${accumulator} = entry; part${accumulator + 1} = ${text}; }`,
      );
      continue;
    }
    const number = reduction.value.element === "bool" ? `i32(${text})` : text;
    inside.push(`part${accumulator} = ${combined(combine, `part${accumulator}`, number)};`);
  }
  for (const store of phase.stores) {
    printer.value(store.index);
    printer.value(store.value);
  }
  for (const store of phase.stores) {
    const statement = printer.store(store.operand, store.index, store.value);
    inside.push(guarded(printer, store.condition, statement));
  }
  printer.leave();
  lines.push(
    `for (var entry = lane; entry < ${count(nest.inner)}; entry += ${width}) {`,
    ...inside.map((line) => `  ${line}`),
    "}",
  );
  for (const reduction of phase.reductions) lines.push(...tree(reduction, width));
}

/** Halves the number of partial results until one is left, in a fixed order. */
function tree(reduction: Reduction, width: number): readonly string[] {
  const { accumulator, combine } = reduction;
  const mine = `shared${accumulator}[lane]`;
  const other = `shared${accumulator}[lane + step]`;
  const best = `shared${accumulator + 1}`;
  const step =
    combine === "argmax"
      ? `if (${best}[lane + step] > ${best}[lane] || (${best}[lane + step] == ${best}[lane] && ${other} < ${mine})) { ${mine} = ${other}; ${best}[lane] = ${best}[lane + step]; }`
      : `${mine} = ${combined(combine, mine, other)};`;
  const extra = combine === "argmax" ? [`${best}[lane] = part${accumulator + 1};`] : [];
  return [
    `${mine} = part${accumulator};`,
    ...extra,
    "workgroupBarrier();",
    `for (var step = ${width / 2}; step > 0; step = step / 2) {`,
    `  if (lane < step) { ${step} }`,
    "  workgroupBarrier();",
    "}",
    `let acc${accumulator} = shared${accumulator}[0];`,
    ...(combine === "argmax" ? [`let acc${accumulator + 1} = ${best}[0];`] : []),
    "workgroupBarrier();",
  ];
}

function sharedMemory(nest: Nest): string {
  return nest.accumulators
    .map((element, index) => {
      const type = element === "real" ? "f32" : "i32";
      return `var<workgroup> shared${index}: array<${type}, ${nest.schedule.workgroup}>;`;
    })
    .join("\n");
}
