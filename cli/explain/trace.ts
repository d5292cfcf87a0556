import { lookup } from "../../compiler/check/index.ts";
import type { TypedProgram } from "../../compiler/check/program.ts";
import type {
  Argument,
  CallNode,
  Expression,
  FunctionItem,
  Item,
  ModelItem,
  Setting,
  Span,
} from "../../grammar/tree.ts";

/** Where the value of a setting stands. */
export type Origin =
  /** Written in the recipe, at the place. */
  | "recipe"
  /** The default of a parameter, in the signature at the place. */
  | "default"
  /** The default of an `input`. */
  | "input"
  /** Given with `--set`. */
  | "command line";

export interface SettingTrace {
  /** `base.optimizer.learning_rate.peak`. */
  readonly path: string;
  /** Text of the expression, as it stands there. */
  readonly text: string;
  readonly origin: Origin;
  readonly file: string;
  readonly span: Span;
  /** Through which names the value came, outermost first. */
  readonly through: readonly string[];
}

export type TraceResult =
  | { readonly found: true; readonly trace: SettingTrace }
  /** `name` has no such setting; these are the ones that it has. */
  | { readonly found: false; readonly name: string; readonly known: readonly string[] };

/** An expression and the file that it stands in. */
interface Written {
  readonly module: string;
  readonly value: Expression;
  readonly origin: Origin;
  readonly through: readonly string[];
}

/**
 * Follows a path such as `base.optimizer.weight_decay` through the recipe: from a declaration into the
 * settings of its call, into defaults of signatures, and through names to what they stand for.
 */
export function traceSetting(
  program: TypedProgram,
  path: string,
  overrides: Readonly<Record<string, string>>,
): TraceResult {
  const [first = "", ...rest] = path.split(".");
  const entry = program.modules.get(program.entry);
  const item = entry?.declared.get(first);
  const declared = [...(entry?.declared.keys() ?? [])];
  if (item === undefined) return { found: false, name: program.entry, known: declared };
  let at = written(program.entry, item, []);
  if (at === undefined) return { found: false, name: first, known: [] };
  for (const name of rest) {
    const next = descend(program, followed(program, at), name);
    if (next === undefined) {
      const owner = followed(program, at);
      return { found: false, name: nameOf(owner, program), known: settingsOf(program, owner) };
    }
    at = next;
  }
  const end = followed(program, at, overrides);
  const file = program.modules.get(end.module);
  const text = end.text ?? file?.tree.text.slice(end.value.span.start, end.value.span.end) ?? "";
  const { origin, through, value } = end;
  return {
    found: true,
    trace: { path, text, origin, file: end.module, span: value.span, through },
  };
}

function written(module: string, item: Item, through: readonly string[]): Written | undefined {
  switch (item.kind) {
    case "binding":
      return { module, value: item.value, origin: "recipe", through };
    case "input":
      return item.value === undefined
        ? undefined
        : { module, value: item.value, origin: "input", through };
    default:
      return undefined;
  }
}

/** Behind names: `duration` is what `input duration` or `let duration` says. */
function followed(
  program: TypedProgram,
  from: Written,
  overrides: Readonly<Record<string, string>> = {},
): Written & { readonly text?: string } {
  let at = from;
  for (let hops = 0; hops < 100; hops += 1) {
    if (at.value.kind === "group") {
      at = { ...at, value: at.value.value };
      continue;
    }
    if (at.value.kind !== "reference") return at;
    const { name } = at.value;
    const found = lookup(program, at.module, name);
    const override = overrides[name];
    if (found?.item.kind === "input" && found.module === program.entry && override !== undefined) {
      const value = found.item.value ?? at.value;
      const through = [...at.through, name];
      return { module: found.module, value, origin: "command line", through, text: override };
    }
    const next =
      found === undefined ? undefined : written(found.module, found.item, [...at.through, name]);
    if (next === undefined) return at;
    at = { ...next, origin: next.origin === "input" ? "input" : at.origin };
  }
  return at;
}

function descend(
  program: TypedProgram,
  from: Written,
  name: string,
  piped = false,
): Written | undefined {
  const { module, value } = from;
  const inside = (inner: Expression): Written => ({
    module,
    value: inner,
    origin: "recipe",
    through: [],
  });
  if (value.kind === "record") {
    for (const field of value.fields) {
      if (field.kind === "record-field" && field.name.text === name) return inside(field.value);
    }
    return undefined;
  }
  // `data |> f(x)` is `f(data, x)`: its settings are those of the last call that has them.
  if (value.kind === "binary" && value.operator === "|>") {
    return (
      descend(program, { ...from, value: value.right }, name, true) ??
      descend(program, followed(program, { ...from, value: value.left }), name)
    );
  }
  if (value.kind !== "call") return undefined;
  const given = namedValues(value).find((argument) => argument.name === name);
  if (given !== undefined) return inside(given.value);
  const callee = calleeOf(program, module, value);
  if (callee === undefined) return undefined;
  const parameters = callee.item.parameters ?? [];
  const index = parameters.findIndex((parameter) => parameter.name.text === name);
  const places = value.arguments.filter((argument) => argument.name === undefined);
  const positional = places[piped ? index - 1 : index];
  if (positional !== undefined) return inside(positional.value);
  const standard = parameters[index]?.value;
  if (standard === undefined) return undefined;
  return { module: callee.module, value: standard, origin: "default", through: [] };
}

interface NamedValue {
  readonly name: string;
  readonly value: Expression;
}

function namedValues(call: CallNode): readonly NamedValue[] {
  const named = (part: Argument | Setting): readonly NamedValue[] =>
    (part.kind === "argument" || part.kind === "setting") && part.name !== undefined
      ? [{ name: part.name.text, value: part.value }]
      : [];
  return [...call.arguments.flatMap(named), ...call.settings.flatMap(named)];
}

function calleeOf(
  program: TypedProgram,
  module: string,
  call: CallNode,
): { readonly module: string; readonly item: FunctionItem | ModelItem } | undefined {
  if (call.callee.kind !== "reference") return undefined;
  const found = lookup(program, module, call.callee.name);
  if (found?.item.kind !== "function" && found?.item.kind !== "model") return undefined;
  return { module: found.module, item: found.item };
}

function settingsOf(program: TypedProgram, from: Written): readonly string[] {
  const { value, module } = from;
  if (value.kind === "record") {
    return value.fields.flatMap((field) =>
      field.kind === "record-field" ? [field.name.text] : [],
    );
  }
  if (value.kind === "binary" && value.operator === "|>") {
    const left = settingsOf(program, followed(program, { ...from, value: value.left }));
    return [...settingsOf(program, { ...from, value: value.right }), ...left];
  }
  if (value.kind !== "call") return [];
  const parameters = calleeOf(program, module, value)?.item.parameters ?? [];
  return [
    ...new Set([
      ...parameters.map((parameter) => parameter.name.text),
      ...namedValues(value).map(({ name }) => name),
    ]),
  ];
}

function nameOf(from: Written, program: TypedProgram): string {
  const text = program.modules.get(from.module)?.tree.text ?? "";
  const value = from.value.kind === "call" ? from.value.callee : from.value;
  return text.slice(value.span.start, value.span.end);
}
