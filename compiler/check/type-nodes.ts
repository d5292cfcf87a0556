import type { NamedTypeNode, RecordTypeNode, TypeNode } from "../../grammar/tree.ts";
import { duplicateName, unknownType } from "../../program/diagnostics/catalogue/names.ts";
import { unknownUnit, wrongTypeArguments } from "../../program/diagnostics/catalogue/types.ts";
import type { Checker } from "./checker.ts";
import { type OpenNames, reportTwice, setOf, type TypeContext } from "./dimension-nodes.ts";
import {
  type Dimension,
  type Dimensions,
  dimensions,
  freshVariable,
  NO_DIMENSIONS,
  rigidDimension,
  union,
} from "./dimensions.ts";
import { lookup, PRELUDE } from "./modules.ts";
import { freshInterface, freshRecord } from "./open-types.ts";
import { inner, type Scope } from "./scope.ts";
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
