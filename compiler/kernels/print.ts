import type { Expression } from "./expression.ts";
import type { Kernel, KernelProgram, Nest, Place, Product, ProgramItem, Store } from "./program.ts";

/** The text of `emit --as kernels`: loop nests in order, with their schedules, and the arena. */
export function printKernels(program: KernelProgram): string {
  const { before, after } = program.kernelCount;
  const lines = [
    `program ${program.ordered.step.name} for ${program.profile.name}`,
    `  kernels ${after}, operations ${before}`,
    ...program.memory.windows.map((bytes, window) => `  arena${window} ${bytes} bytes`),
  ];
  for (const [storage, place] of program.memory.places) {
    const name = program.storages[storage]?.name ?? "";
    const end = place.offset + place.bytes;
    lines.push(
      `  $${storage} ${name}: arena${place.window}[${place.offset}..${end}] live ${place.live.join("..")}`,
    );
  }
  for (const [index, { name }] of program.scalars.entries()) {
    lines.push(`  scalar ${index} ${name}`);
  }
  printItems(program, program.items, "  ", lines);
  return `${lines.join("\n")}\n`;
}

function printItems(
  program: KernelProgram,
  items: readonly ProgramItem[],
  indent: string,
  lines: string[],
): void {
  for (const item of items) {
    switch (item.kind) {
      case "kernel":
        printKernel(program, item.kernel, indent, lines);
        break;
      case "copy": {
        const [from, to] = [placeText(program, item.from), placeText(program, item.to)];
        lines.push(`${indent}copy ${item.words} words ${from} -> ${to}`);
        break;
      }
      case "loop": {
        const direction = item.reverse ? " reverse" : "";
        lines.push(`${indent}loop ${item.loop} × ${item.count}${direction}`);
        printItems(program, item.body, `${indent}  `, lines);
        break;
      }
    }
  }
}

function printKernel(
  program: KernelProgram,
  kernel: Kernel,
  indent: string,
  lines: string[],
): void {
  lines.push(`${indent}${kernel.kind} ${kernel.label}`);
  const inner = `${indent}  `;
  kernel.operands.forEach((operand, index) => {
    const offset = operand.offset === 0 ? "" : ` + ${operand.offset}`;
    const access = operand.written ? "write" : "read";
    lines.push(`${inner}#${index} ${access} ${placeText(program, operand.place)}${offset}`);
  });
  if (kernel.kind === "nest") printNest(kernel, inner, lines);
  else printProduct(kernel, inner, lines);
}

function printNest(nest: Nest, indent: string, lines: string[]): void {
  const loops = (list: Nest["rows"]) =>
    list.map((loop) => `${loop.name} < ${loop.size}`).join(", ");
  const { schedule } = nest;
  const vector = schedule.kind === "lane" && schedule.vector > 1 ? ` by ${schedule.vector}` : "";
  lines.push(
    `${indent}rows (${loops(nest.rows)}) inner (${loops(nest.inner)}) ${schedule.kind} ${schedule.workgroup}${vector}`,
  );
  if (nest.range !== undefined) {
    lines.push(`${indent}from ${text(nest.range.from)} to ${text(nest.range.to)}`);
  }
  for (const phase of nest.phases) {
    lines.push(`${indent}${phase.looped ? "each entry" : "once"}`);
    for (const { accumulator, combine, value } of phase.reductions) {
      lines.push(`${indent}  acc${accumulator} = ${combine} ${text(value)}`);
    }
    for (const store of phase.stores) lines.push(`${indent}  ${storeText(store)}`);
  }
}

function printProduct(product: Product, indent: string, lines: string[]): void {
  const sizes = (["batch", "rows", "columns", "depth"] as const).map(
    (name) => `${name} ${product[name].sizes.join("·") || "1"}`,
  );
  const { schedule } = product;
  const tile =
    schedule.kind === "register"
      ? `${schedule.rows} × ${schedule.columns} × ${schedule.subgroup} lanes`
      : `${schedule.tile} × ${schedule.tile} × ${schedule.depth}`;
  lines.push(`${indent}${sizes.join(", ")}; ${schedule.kind} tiles of ${tile}`);
  lines.push(`${indent}#${product.left} · #${product.right}`);
  if (product.result !== undefined) lines.push(`${indent}-> #${product.result}`);
  for (const store of product.stores) lines.push(`${indent}${storeText(store)}`);
}

function storeText(store: Store): string {
  const condition = store.condition === undefined ? "" : ` if ${text(store.condition)}`;
  return `#${store.operand}[${text(store.index)}] = ${text(store.value)}${condition}`;
}

function placeText(program: KernelProgram, place: Place): string {
  switch (place.kind) {
    case "fixed": {
      const storage = program.storages[place.storage];
      const name = storage === undefined ? "" : `${storage.kind}:${storage.name}`;
      return storage?.kind === "temporary" ? `$${place.storage}` : name;
    }
    case "stepped":
      return `${placeText(program, place.from)} + ${place.stride}·loop${place.loop}`;
    case "carried":
      return `carried ${place.access} $${place.buffers.join("/$")} from ${placeText(program, place.start)}`;
  }
}

/** Shared parts are printed wherever they are read; long ones are cut. */
function text(expression: Expression, depth = 0): string {
  if (depth > 6) return "…";
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "variable":
      return expression.variable.name;
    case "accumulator":
      return `acc${expression.index}`;
    case "linear": {
      const terms = expression.terms.map(({ atom, factor }) =>
        factor === 1 ? text(atom, depth + 1) : `${factor}·${text(atom, depth + 1)}`,
      );
      if (expression.constant !== 0) terms.push(String(expression.constant));
      return terms.join(" + ");
    }
    case "load":
      return `#${expression.operand}[${text(expression.index, depth + 1)}]`;
    case "call": {
      const operands = expression.arguments.map((operand) => text(operand, depth + 1));
      return `${expression.name}(${operands.join(", ")})`;
    }
  }
}
