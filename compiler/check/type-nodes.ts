import type {
  DimensionNode,
  DimensionsNode,
  Expression,
  NamedTypeNode,
  RecordTypeNode,
  TypeNode,
} from "../../grammar/tree.ts";
import {
  duplicateDimension,
  resultOnly,
  unknownDimension,
} from "../../program/diagnostics/catalogue/dimensions.ts";
import { duplicateName, unknownType } from "../../program/diagnostics/catalogue/names.ts";
import { unknownUnit, wrongTypeArguments } from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import {
  ANYTHING,
  type Dimension,
  type Dimensions,
  dimensions,
  freshVariable,
  hasDimension,
  NO_DIMENSIONS,
  type Rest,
  rigidDimension,
  sizedDimension,
  union,
} from "./dimensions.ts";
import { lookup, PRELUDE } from "./modules.ts";
import { freshInterface, freshRecord } from "./open-types.ts";
import { inner, local, type Scope } from "./scope.ts";
import { addSizes, constantSize } from "./sizes.ts";
import { suggest } from "./suggest.ts";
import {
  ANY,
  type Element,
  type FieldType,
  list,
  type NamedType,
  NONE,
  named,
  type ParameterType,
  type Type,
  tensor,
  UNKNOWN,
} from "./types.ts";
import { UNIT_WORDS, unitNamed } from "./units.ts";

/** What a signature leaves open, collected while its types are read. */
export interface OpenNames {
  readonly variables: Set<number>;
  /** Type variables by name, with how often each occurs. */
  readonly types: Map<
    string,
    { readonly variable: number; count: number; readonly node: NamedTypeNode }
  >;
  /** In a result nothing new may be declared. */
  result: boolean;
}

export interface TypeContext {
  readonly checker: Checker;
  /** Gets the dimensions that the types declare. */
  readonly scope: Scope;
  readonly open: OpenNames | undefined;
  /** Name of the parameter or member whose type is read: what a `Dim` is called. */
  readonly name: string | undefined;
}

const ELEMENTS: Record<string, Element> = { Real: "real", Int: "int", Bool: "bool" };

const OPAQUE: ReadonlySet<string> = new Set([
  "Text",
  "Tokenizer",
  "Model",
  "Delta",
  "Loss",
  "Metric",
  "Objective",
  "Initialiser",
  "Folder",
  "Reparameterisation",
  "Share",
]);

const BUILT_IN: readonly string[] = [
  ...Object.keys(ELEMENTS),
  ...OPAQUE,
  "Any",
  "Dim",
  "Count",
  "Data",
  "Checkpoint",
];

export function resolveType(node: TypeNode, context: TypeContext): Type {
  const type = resolve(node, context);
  context.checker.types.set(node, type);
  return type;
}

function resolve(node: TypeNode, context: TypeContext): Type {
  switch (node.kind) {
    case "named-type":
      return resolveNamed(node, context);
    case "record-type":
      return resolveRecord(node, context, undefined).type;
    case "list-type": {
      const element = resolveType(node.element, context);
      return element.kind === "dimension" ? element : list(element);
    }
    case "function-type":
      return resolveFunctionType(node, context);
    case "literal-type":
      return { kind: "literal", value: node.value };
    case "optional-type": {
      const type = resolveType(node.inner, context);
      const members = type.kind === "union" ? type.members : [type];
      return { kind: "union", members: [...members, NONE], decided: false };
    }
    case "union-type": {
      const members = node.members.map((member) => resolveType(member, context));
      const dimension = members.find((member) => member.kind === "dimension");
      // `Dim | [Dim]`: a Dim is a list of dimensions anyway.
      const others = members.filter(
        (member) => member.kind !== "dimension" || member === dimension,
      );
      const [only] = others;
      if (others.length === 1 && only !== undefined) return only;
      return {
        kind: "union",
        members: others.flatMap((member) => (member.kind === "union" ? member.members : [member])),
        decided: false,
      };
    }
    case "error":
      return UNKNOWN;
  }
}

function resolveNamed(node: NamedTypeNode, context: TypeContext): Type {
  const { checker, scope } = context;
  const [head] = node.path;
  if (head === undefined || node.path.length !== 1) return UNKNOWN;
  const name = head.text;
  if (name === "none") return NONE;
  const element = ELEMENTS[name];
  if (element !== undefined) {
    const sides = sidesOf(node, context);
    return tensor(element, sides.all, {
      sides: sides.to === undefined ? undefined : { from: sides.from, to: sides.to },
    });
  }
  switch (name) {
    case "Any":
      return ANY;
    case "Dim":
      return dimParameter(context);
    case "Count":
      return { kind: "count", units: unitsOf(node, context) };
    case "Data":
      return { kind: "data", row: typeArgument(node, context) ?? UNKNOWN };
    case "Checkpoint": {
      const model = typeArgument(node, context);
      return model?.kind === "model" ? { ...model, concrete: true } : named("Checkpoint");
    }
  }
  if (OPAQUE.has(name)) {
    if (node.arguments.length > 0) {
      checker.report.add(wrongTypeArguments, scope.module, node.span, {
        name,
        expected: "nothing",
      });
    }
    return named(name as NamedType);
  }
  return resolveDeclared(node, name, context);
}

function resolveDeclared(node: NamedTypeNode, name: string, context: TypeContext): Type {
  const { checker, scope, open } = context;
  const found = lookup(checker.program, scope.module, name);
  if (found === undefined) {
    if (checker.program.modules.get(scope.module)?.imported.has(name) === true) return UNKNOWN;
    // TopK and Packed are given by operations alone; nothing more is known of them here.
    if (name === "TopK" || name === "Packed") return UNKNOWN;
    if (open !== undefined && /^[A-Z]/.test(name)) return typeVariable(node, name, open);
    reportUnknownType(checker, scope, node);
    return UNKNOWN;
  }
  switch (found.item.kind) {
    case "record": {
      const info = checker.recordInfo(found.item, found.module);
      const given = node.arguments.flatMap((argument) =>
        argument.kind === "dimensions" ? [argument] : [],
      );
      if (given.length === 0 && open === undefined) return info.type;
      const lifted = given.map((argument) => setOf(argument.from, context));
      return freshRecord(info, lifted, open?.variables);
    }
    case "type": {
      const type = checker.itemType(found.module, found.item);
      return type.kind === "function" || type.kind === "union" ? { ...type, alias: name } : type;
    }
    case "model":
      return freshInterface(checker, found.item, found.module, open?.variables);
    default:
      reportUnknownType(checker, scope, node);
      return UNKNOWN;
  }
}

function typeVariable(node: NamedTypeNode, name: string, open: OpenNames): Type {
  const known = open.types.get(name);
  if (known !== undefined) {
    known.count += 1;
    return { kind: "variable", name, variable: known.variable };
  }
  const variable = freshVariable();
  open.variables.add(variable);
  open.types.set(name, { variable, count: 1, node });
  return { kind: "variable", name, variable };
}

export function reportUnknownType(checker: Checker, scope: Scope, node: NamedTypeNode): void {
  const name = node.path[0]?.text ?? "";
  checker.report.add(unknownType, scope.module, node.span, {
    name,
    suggestion: suggest(name, typeNames(checker, scope.module)),
  });
}

function typeNames(checker: Checker, module: string): string[] {
  const names = [...BUILT_IN];
  for (const path of [module, PRELUDE]) {
    const from = checker.program.modules.get(path);
    if (from === undefined) continue;
    for (const [name, item] of from.declared) {
      if (item.kind === "record" || item.kind === "type" || item.kind === "model") names.push(name);
    }
    for (const name of from.imported.keys()) if (/^[A-Z]/.test(name)) names.push(name);
  }
  return names;
}

/** A value of type Dim is a dimension, named after the parameter that has the type. */
function dimParameter(context: TypeContext): Type {
  if (context.name === undefined || context.open === undefined) return named("Dim");
  const dimension = rigidDimension(context.name);
  context.open.variables.add(dimension.variable ?? 0);
  return { kind: "dimension", dimensions: dimensions([dimension]), sum: false };
}

function unitsOf(node: NamedTypeNode, context: TypeContext): readonly string[] {
  const units: string[] = [];
  for (const argument of node.arguments) {
    const parts = argument.kind === "dimensions" ? argument.from : [];
    for (const part of parts) {
      if (part.kind !== "dimension" || part.value.kind !== "reference") continue;
      const word = part.value.name;
      const unit = unitNamed(word);
      if (unit !== undefined) units.push(unit.unit);
      else {
        context.checker.report.add(unknownUnit, context.scope.module, part.span, {
          unit: word,
          suggestion: suggest(word, UNIT_WORDS),
        });
      }
    }
  }
  return units;
}

function typeArgument(node: NamedTypeNode, context: TypeContext): Type | undefined {
  const [first] = node.arguments;
  if (first === undefined) return undefined;
  if (first.kind === "type-argument")
    return resolveType(first.type, { ...context, name: undefined });
  context.checker.report.add(wrongTypeArguments, context.scope.module, first.span, {
    name: node.path[0]?.text ?? "",
    expected: "a type",
  });
  return UNKNOWN;
}

function sidesOf(
  node: NamedTypeNode,
  context: TypeContext,
): { all: Dimensions; from: Dimensions; to: Dimensions | undefined } {
  let all = NO_DIMENSIONS;
  let from = NO_DIMENSIONS;
  let to: Dimensions | undefined;
  for (const argument of node.arguments) {
    if (argument.kind === "type-argument") {
      context.checker.report.add(wrongTypeArguments, context.scope.module, argument.span, {
        name: node.path[0]?.text ?? "",
        expected: "dimensions, whose names begin with a small letter,",
      });
      continue;
    }
    const first = setOf(argument.from, context);
    reportTwice(all, first, argument, context);
    all = union(all, first);
    if (argument.to !== undefined) {
      from = first;
      to = setOf(argument.to, context);
      reportTwice(all, to, argument, context);
      all = union(all, to);
    }
  }
  return { all, from, to };
}

/** A tensor's dimensions are known by name, so none stands twice. */
function reportTwice(
  set: Dimensions,
  more: Dimensions,
  node: DimensionsNode,
  context: TypeContext,
): void {
  const twice = more.named.find((dimension) => hasDimension(set, dimension));
  if (twice === undefined) return;
  context.checker.report.add(duplicateDimension, context.scope.module, node.span, {
    name: twice.name,
    what: "the tensor",
  });
}

export function setOf(nodes: readonly DimensionNode[], context: TypeContext): Dimensions {
  return nodes.reduce((set, node) => union(set, dimensionNode(node, context)), NO_DIMENSIONS);
}

function dimensionNode(node: DimensionNode, context: TypeContext): Dimensions {
  const { scope, open, checker } = context;
  if (node.kind === "rest") {
    const key = `..${node.name.text}`;
    const known = local(scope, key);
    if (known?.kind === "dimension") return known.dimensions;
    if (open === undefined) {
      checker.report.add(unknownDimension, scope.module, node.span, {
        name: key,
        suggestion: undefined,
      });
      return NO_DIMENSIONS;
    }
    const rest: Rest = { name: node.name.text, variable: freshVariable() };
    open.variables.add(rest.variable);
    const set = dimensions([], [rest]);
    scope.names.set(key, { kind: "dimension", dimensions: set, sum: false });
    return set;
  }
  return dimensionExpression(node.value, context);
}

/** `width`, `base.vocab`, `width + extra`, `3`: what they mean where dimensions stand. */
export function dimensionExpression(node: Expression, context: TypeContext): Dimensions {
  const { checker, scope, open } = context;
  switch (node.kind) {
    case "reference": {
      const known = local(scope, node.name);
      if (known?.kind === "dimension") return known.dimensions;
      if (known?.kind === "unknown") return NO_DIMENSIONS;
      return newDimension(node.name, node, context);
    }
    case "number":
      return dimensions([sizedDimension(String(node.value), constantSize(node.value))]);
    case "binary":
      if (node.operator === "+") {
        const left = dimensionExpression(node.left, context);
        const right = dimensionExpression(node.right, context);
        const sizes = [...left.named, ...right.named].map((dimension) => dimension.size);
        const size = sizes.reduce((sum, next) => addSizes(sum, next), constantSize(0));
        return dimensions([
          sizedDimension([...left.named, ...right.named].map((d) => d.name).join(" + "), size),
        ]);
      }
      break;
    case "rest":
      return dimensionNode({ kind: "rest", name: node.name, span: node.span }, context);
    case "group":
      return dimensionExpression(node.value, context);
    case "tuple":
      return node.items.reduce(
        (set, item) => union(set, dimensionExpression(item, context)),
        NO_DIMENSIONS,
      );
    case "field": {
      const type = checker.infer(node, scope);
      if (type.kind === "dimension") return type.dimensions;
      if (type.kind === "unknown") return anything(open);
      break;
    }
    case "error":
    case "hole":
      return NO_DIMENSIONS;
  }
  checker.report.add(unknownDimension, scope.module, node.span, {
    name:
      checker.program.modules.get(scope.module)?.tree.text.slice(node.span.start, node.span.end) ??
      "",
    suggestion: undefined,
  });
  return NO_DIMENSIONS;
}

/** Where a dimension cannot be known yet, a rest keeps all that follows silent. */
function anything(open: OpenNames | undefined): Dimensions {
  const rest: Rest = { name: ANYTHING, variable: freshVariable() };
  open?.variables.add(rest.variable);
  return dimensions([], [rest]);
}

function newDimension(
  name: string,
  node: Expression,
  { checker, scope, open }: TypeContext,
): Dimensions {
  if (open === undefined || (open.result && !isField(name, scope))) {
    checker.report.add(
      open === undefined ? unknownDimension : resultOnly,
      scope.module,
      node.span,
      { name, suggestion: suggest(name, dimensionNames(scope)) },
    );
    // Declared all the same, as anything, so that it is the only thing that is said.
    const set = anything(open);
    scope.names.set(name, { kind: "dimension", dimensions: set, sum: false });
    return set;
  }
  const dimension: Dimension = rigidDimension(name);
  open.variables.add(dimension.variable ?? 0);
  const set = dimensions([dimension]);
  scope.names.set(name, { kind: "dimension", dimensions: set, sum: false });
  return set;
}

/** Names of dimensions in scope; members of models whose types are not known yet stay unasked. */
function dimensionNames(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const [name, entry] of at.names) {
      if (typeof entry !== "function" && entry.kind === "dimension" && !name.startsWith("..")) {
        names.push(name);
      }
    }
  }
  return names;
}

/** Lifting names dimensions after fields: a result may have one of a parameter's record. */
function isField(name: string, scope: Scope): boolean {
  for (const entry of scope.names.values()) {
    if (typeof entry !== "function" && entry.kind === "record" && entry.fields.has(name))
      return true;
  }
  return false;
}

/** The type of a record with the dimensions that its fields name. */
export function resolveRecord(
  node: RecordTypeNode,
  context: TypeContext,
  name: string | undefined,
): { type: Extract<Type, { kind: "record" }>; dimensions: ReadonlyMap<string, Dimension> } {
  const { checker } = context;
  const fields = new Map<string, FieldType>();
  const scope = inner(context.scope);
  const places = new Map<string, { start: number; end: number }>();
  for (const field of node.fields) {
    const first = places.get(field.name.text);
    if (first !== undefined) {
      checker.report.add(
        duplicateName,
        scope.module,
        field.name.span,
        { name: field.name.text, what: "field" },
        {
          related: [
            { place: { file: scope.module, range: first }, message: "declared here first" },
          ],
        },
      );
      continue;
    }
    places.set(field.name.text, field.name.span);
    const type = resolveType(field.type, { ...context, scope, name: undefined });
    scope.names.set(field.name.text, type);
    fields.set(field.name.text, { type, required: field.value === undefined });
    if (field.value !== undefined) {
      checker.expect(field.value, context.scope, type, `the field \`${field.name.text}\``);
    }
  }
  const own = new Map<string, Dimension>();
  for (const [key, entry] of scope.names) {
    if (typeof entry === "function" || entry.kind !== "dimension" || fields.has(key)) continue;
    const [dimension] = entry.dimensions.named;
    if (dimension !== undefined) own.set(key, dimension);
  }
  return {
    type: {
      kind: "record",
      name,
      declaration: undefined,
      fields,
      others: undefined,
      lifted: undefined,
    },
    dimensions: own,
  };
}

function resolveFunctionType(
  node: Extract<TypeNode, { kind: "function-type" }>,
  context: TypeContext,
): Type {
  const open: OpenNames = {
    variables: new Set(),
    types: context.open?.types ?? new Map(),
    result: false,
  };
  const scope = inner(context.scope);
  const inside: TypeContext = { checker: context.checker, scope, open, name: undefined };
  const parameters: ParameterType[] = node.parameters.map((parameter) => ({
    name: undefined,
    type: resolveType(parameter, inside),
    required: true,
    symbol: undefined,
  }));
  // A result may have dimensions of its own: `(Real[..d]) -> Any`.
  const result = resolveType(node.result, inside);
  return {
    kind: "function",
    name: undefined,
    parameters,
    result,
    variables: open.variables,
    alias: undefined,
    row: undefined,
    declaration: undefined,
    module: scope.module,
  };
}

/** `param[from -> to]`: the tensor that it declares. */
export function parameterTensor(nodes: readonly DimensionsNode[], context: TypeContext): Type {
  let all = NO_DIMENSIONS;
  let sides: { from: Dimensions; to: Dimensions } | undefined;
  for (const node of nodes) {
    const from = setOf(node.from, context);
    reportTwice(all, from, node, context);
    all = dimensions([...all.named, ...from.named], [...all.rests, ...from.rests]);
    if (node.to === undefined) continue;
    const to = setOf(node.to, context);
    reportTwice(from, to, node, context);
    sides = { from, to };
    all = dimensions([...all.named, ...to.named], [...all.rests, ...to.rests]);
  }
  return tensor("real", all, { sides, computed: true });
}
