import type { Item } from "../../grammar/tree.ts";
import type { Fact } from "../../program/facts.ts";
import { wantKey } from "../../program/facts.ts";
import type { Pipeline, TokenizerPlan } from "../../program/pipeline.ts";
import { lookup } from "../check/modules.ts";
import type { Axis } from "../operations/tensor.ts";
import { find, type Scope } from "./scope.ts";
import type { Value } from "./value.ts";
import type { World } from "./world.ts";

/**
 * Canonical text of values, for the keys of stages: the same for two values that mean the same, and
 * another whenever anything that a value depends on is another. Code is given by its tree, so that
 * comments and layout do not count; what it refers to is appended once.
 */
export interface Canonical {
  readonly text: (value: Value) => string;
  readonly pipeline: (pipeline: Pipeline) => string;
  /** The definitions that all texts so far refer to. */
  readonly definitions: () => string;
}

export function canonicalTexts(world: World): Canonical {
  const axes = new Map<Axis, number>();
  const definitions = new Map<string, string>();
  const scopes = new Map<Scope, { readonly place: number; readonly told: Set<string> }>();

  const axisText = (axis: Axis): string => {
    const known = axes.get(axis) ?? axes.size;
    axes.set(axis, known);
    return `${axis.name}#${known}=${axis.size}`;
  };

  const define = (module: string, item: Item, name: string): string => {
    const key = `${module}:${name}`;
    if (definitions.has(key)) return key;
    definitions.set(key, "");
    if (item.kind === "input") {
      const value = world.items.get(key);
      definitions.set(key, value === undefined ? treeText(item) : text(value));
    } else {
      definitions.set(key, `${treeText(item)}${references(item, module, undefined)}`);
    }
    return key;
  };

  /** What the names in a tree stand for: captured values, and definitions of files. */
  const references = (
    tree: object,
    module: string,
    scope: Scope | undefined,
    told: Set<string> = new Set(),
  ): string => {
    const captured: string[] = [];
    for (const name of namesIn(tree)) {
      if (told.has(name)) continue;
      told.add(name);
      const value = scope === undefined ? undefined : find(scope, name);
      if (value !== undefined) captured.push(`${name}:${text(value)}`);
      else {
        const found = lookup(world.program, module, name);
        if (found !== undefined) captured.push(define(found.module, found.item, name));
      }
    }
    return captured.length === 0 ? "" : `{${captured.join(",")}}`;
  };

  const closure = (tree: object, scope: Scope): string => {
    // Functions of one scope may capture each other: what a name there is, is told once.
    const known = scopes.get(scope) ?? { place: scopes.size, told: new Set<string>() };
    scopes.set(scope, known);
    const captured = references(tree, scope.module, scope, known.told);
    return `${treeText(tree)}@${known.place}${captured}`;
  };

  const fields = (entries: Iterable<readonly [string, Value]>): string =>
    [...entries].map(([name, value]) => `${name}:${text(value)}`).join(",");

  const text = (value: Value): string => {
    switch (value.kind) {
      case "number":
        return `${value.value}${value.unit ?? ""}`;
      case "text":
        return JSON.stringify(value.value);
      case "boolean":
        return `${value.value}`;
      case "none":
      case "unknown":
        return value.kind;
      case "list":
        return `[${value.items.map(text).join(",")}]`;
      case "record":
        return `{${fields(value.fields)}}`;
      case "dimension":
        return `(${value.axes.map(axisText).join(",")})`;
      case "function":
        return `fn(${fields(value.bound)})${closure(value.item, value.scope)}`;
      case "lambda":
        return closure(value.node, value.scope);
      case "record-type":
      case "architecture":
        return define(value.scope.module, value.item, value.item.name.text);
      case "instance": {
        const name = define(value.scope.module, value.item, value.item.name.text);
        const given = (value.item.parameters ?? []).map((parameter) => {
          const argument = value.scope.names.get(parameter.name.text) ?? { kind: "none" };
          return [parameter.name.text, argument] as const;
        });
        return `${name}(${fields(given)})`;
      }
      case "repeated":
        return `${value.axis.size}*${text(value.template)}`;
      case "entry":
        return `${text(value.repeated)}[${value.at}].${text(value.value)}`;
      case "parameter":
        return `param${value.id}[${value.axes.map(axisText).join(",")}]`;
      case "initialiser":
        return `${value.row}(${[...value.settings].join(";")})`;
      case "pipeline":
        return pipelineText(world, value.pipeline);
      case "tokenizer":
        return tokenizerText(world, value.plan);
      case "metric": {
        const settings = JSON.stringify(value.settings);
        const data = pipelineText(world, value.data);
        return `metric ${value.row}(${settings},${data},${text(value.measured)})`;
      }
      case "stage":
        return `stage(${value.stage.plan.keyMaterial})`;
      case "tensor":
      case "loss":
      case "contract":
      case "result":
      case "promise":
        return value.kind;
    }
  };

  return {
    text,
    pipeline: (pipeline) => pipelineText(world, pipeline),
    definitions: () =>
      [...definitions]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, definition]) => `${name}=${definition}`)
        .join("\n"),
  };
}

function pipelineText(world: World, pipeline: Pipeline): string {
  const settings = Object.entries(pipeline.settings).map(([name, value]) =>
    name === "path" && typeof value === "string"
      ? `path=${contentOf(world, value)}`
      : `${name}=${JSON.stringify(value)}`,
  );
  const inputs = pipeline.inputs.map((input) => pipelineText(world, input));
  const tokenizers = pipeline.tokenizers.map((tokenizer) => tokenizerText(world, tokenizer));
  const part = pipeline.part === undefined ? "" : `.${pipeline.part}`;
  return `${pipeline.source}(${[...settings, ...inputs, ...tokenizers].join(",")})${part}`;
}

function tokenizerText(world: World, plan: TokenizerPlan): string {
  const settings = JSON.stringify(plan.settings);
  return `tokenizer ${plan.tokenizer}(${settings},${pipelineText(world, plan.data)})`;
}

/** A file by its content where that is known, so that a moved folder keeps its keys. */
function contentOf(world: World, path: string): string {
  const fact: Fact | undefined = world.facts.get(wantKey({ kind: "file", path }));
  return fact?.kind === "file" ? `sha256:${fact.digest}` : JSON.stringify(path);
}

const silent = new Set(["span", "doc", "operatorSpan", "comments"]);

/** What has been written and read of trees; a tree never changes. */
const texts = new WeakMap<object, string>();
const names = new WeakMap<object, readonly string[]>();

/** The tree without positions, comments and the way in which numbers are written. */
export function treeText(tree: object): string {
  const known = texts.get(tree);
  if (known !== undefined) return known;
  const text = write(tree);
  texts.set(tree, text);
  return text;
}

/** Names that code or types in a tree refer to, sorted; some are bound inside, which does no harm. */
function namesIn(tree: object): readonly string[] {
  const known = names.get(tree);
  if (known !== undefined) return known;
  const found = new Set<string>();
  collectNames(tree, found);
  const sorted = [...found].sort();
  names.set(tree, sorted);
  return sorted;
}

function write(tree: unknown): string {
  if (Array.isArray(tree)) return `[${tree.map(write).join(",")}]`;
  if (typeof tree !== "object" || tree === null) {
    return tree === undefined ? "" : JSON.stringify(tree);
  }
  const isNumber = "kind" in tree && tree.kind === "number";
  const parts: string[] = [];
  for (const [name, value] of Object.entries(tree)) {
    if (silent.has(name) || value === undefined || (isNumber && name === "text")) continue;
    parts.push(name === "kind" ? String(value) : `${name}:${write(value)}`);
  }
  return `(${parts.join(" ")})`;
}

function collectNames(tree: object, found: Set<string>): void {
  if (Array.isArray(tree)) {
    for (const part of tree)
      if (typeof part === "object" && part !== null) collectNames(part, found);
    return;
  }
  if ("kind" in tree) {
    const { kind } = tree;
    if (kind === "reference" && "name" in tree && typeof tree.name === "string")
      found.add(tree.name);
    if ((kind === "named-type" || kind === "path") && "path" in tree && Array.isArray(tree.path)) {
      const [first] = tree.path;
      if (typeof first === "object" && first !== null && "text" in first) found.add(first.text);
    }
  }
  for (const [name, part] of Object.entries(tree)) {
    if (typeof part === "object" && part !== null && !silent.has(name)) collectNames(part, found);
  }
}
