import type {
  DimensionNode,
  DimensionsNode,
  Expression,
  NamedTypeNode,
} from "../../grammar/tree.ts";
import {
  duplicateDimension,
  resultOnly,
  unknownDimension,
} from "../../program/diagnostics/catalogue/dimensions.ts";
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
import { local, type Scope } from "./scope.ts";
import { addSizes, constantSize } from "./sizes.ts";
import { suggest } from "./suggest.ts";
import { type Type, tensor } from "./types.ts";

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

/** A tensor's dimensions are known by name, so none stands twice. */
export function reportTwice(
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
function dimensionExpression(node: Expression, context: TypeContext): Dimensions {
  const { checker, scope, open } = context;
  switch (node.kind) {
    case "reference": {
      const known = local(scope, node.name);
      if (known?.kind === "dimension") return known.dimensions;
      if (known?.kind === "unknown" || known?.kind === "variable") return anything(open);
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
