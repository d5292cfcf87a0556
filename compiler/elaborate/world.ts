import type { Expression, FunctionItem, Span } from "../../grammar/tree.ts";
import {
  badSize,
  doesNotFit,
  notEvaluated,
  tooManySteps,
} from "../../program/diagnostics/catalogue/budget.ts";
import { type DiagnosticKind, diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic, Place } from "../../program/diagnostics/diagnostic.ts";
import type { Facts } from "../../program/facts.ts";
import type { Program } from "../check/program.ts";
import type { GraphBuilder } from "../graph/build.ts";
import { isShapeProblem } from "../operations/row.ts";
import type { Attributes, Axis, Node } from "../operations/tensor.ts";
import type { Scope } from "./scope.ts";
import type { Stage } from "./stage.ts";
import { describe, type InstanceValue, type ParameterValue, UNKNOWN, type Value } from "./value.ts";

/** Where in a recipe something is evaluated. */
export interface Site {
  readonly file: string;
  readonly span: Span;
}

/** Arguments that are values already. */
export interface Given {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** Gives the nodes of parameters while a program is traced. */
export interface ParameterReader {
  read(parameter: ParameterValue): Node;
  /** Parameters that stand for others while the body of a repeated module is traced. */
  readonly overlay: Map<number, Node>;
}

/**
 * One evaluation of one recipe: the graph that it builds into, and what it has found so far. Every
 * program is built in a world of its own, so that its bits depend on nothing built before.
 */
export interface World {
  readonly program: Program;
  readonly facts: Facts;
  readonly builder: GraphBuilder;
  readonly diagnostics: Diagnostic[];
  /** Text of inputs given from outside, by name. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Values of top-level items, by module and name. */
  readonly items: Map<string, Value>;
  readonly stages: Stage[];
  readonly instancePaths: Map<InstanceValue, string>;
  readonly declaredAxes: DeclaredAxes;
  parameters: ParameterReader | undefined;
  /** Time of the program that is traced: its size is not a number, since decoders have another. */
  time: Axis | undefined;
  /** Results of methods by what they were given, while one reader of parameters is in place. */
  known: Map<FunctionItem, Map<string, Value>> | undefined;
  nextParameter: number;
  /** Dimensions that `each d { … }` gives to the parameters made inside. */
  leading: readonly Axis[];
  /** Names and indices on the way to a stage: `final[1].attempts`. */
  address: readonly string[];
  /** Path of the module whose code is traced. */
  path: string;
  /** The calls that are being evaluated, outermost first. */
  readonly calls: Site[];
  steps: number;
  exhausted: boolean;
  evaluate(expression: Expression, scope: Scope): Value;
  /** Calls a function, model or lambda with values. */
  invoke(callee: Value, given: Given, site: Site, scope: Scope): Value;
}

/** Axes that code declares; evaluated again, the same declaration gives the same axis. */
export interface DeclaredAxes {
  readonly byKey: Map<string, Axis>;
  /** Axes that are sums, with their parts. */
  readonly sums: Map<Axis, readonly Axis[]>;
}

export const STEP_LIMIT = 100_000;

/** Counts a step of evaluation; false once the recipe has used up all of them. */
export function takeStep(world: World, site: Site): boolean {
  world.steps += 1;
  if (world.steps <= STEP_LIMIT) return true;
  if (!world.exhausted) {
    world.exhausted = true;
    report(world, tooManySteps, site, { limit: STEP_LIMIT });
  }
  return false;
}

export function placeOf(site: Site): Place {
  return { file: site.file, range: { start: site.span.start, end: site.span.end } };
}

/**
 * Reports a fact once for each place and gives the value that nothing is known of. What goes wrong
 * inside the library is reported at the recipe's own call, since that is what its reader can change.
 */
export function report<Found>(
  world: World,
  kind: DiagnosticKind<Found>,
  site: Site,
  found: Found,
): Value {
  const own = isLibrary(site.file) ? world.calls.findLast((call) => !isLibrary(call.file)) : site;
  const inside = { place: placeOf(site), message: "here, inside the library" };
  const diagnostic = diagnose(kind, placeOf(own ?? site), found, {
    related: own === undefined || own === site ? [] : [inside],
  });
  const known = world.diagnostics.some(
    (other) => other.code === diagnostic.code && samePlace(other.place, diagnostic.place),
  );
  if (!known) world.diagnostics.push(diagnostic);
  return UNKNOWN;
}

function isLibrary(file: string): boolean {
  return file.startsWith("std/");
}

function samePlace(left: Place, right: Place): boolean {
  return (
    left.file === right.file &&
    left.range?.start === right.range?.start &&
    left.range?.end === right.range?.end
  );
}

/** Reports a value that has no meaning at its place; nothing where the value is unknown already. */
export function refuse(world: World, site: Site, what: string, found: Value): Value {
  if (found.kind === "unknown") return found;
  return report(world, notEvaluated, site, { what, found: describe(found) });
}

/** Applies a row of the table, with the place and module as its origin. */
export function applyRow(
  world: World,
  site: Site,
  operation: string,
  inputs: readonly Node[],
  attributes?: Attributes,
): Node | undefined {
  const origin = {
    file: site.file,
    start: site.span.start,
    end: site.span.end,
    path: world.path,
  };
  const result = world.builder.withOrigin(origin, () =>
    world.builder.tryApply(operation, inputs, attributes),
  );
  if (!isShapeProblem(result)) return result;
  report(world, doesNotFit, site, {
    operation,
    detail: result.detail,
    dimensions: result.axes.map((axis) => `${axis.name} = ${axis.size}`).join(", "),
  });
  return undefined;
}

/** A dimension of a size that a recipe gives; undefined where no dimension can have it. */
export function sizedAxis(world: World, site: Site, name: string, size: number): Axis | undefined {
  if (Number.isInteger(size) && size >= 1) return world.builder.axis(name, size);
  report(world, badSize, site, { name, size });
  return undefined;
}
