import type { EnsureItem } from "../../grammar/tree.ts";
import { promiseBroken } from "../../program/diagnostics/catalogue/budget.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import type { Facts } from "../../program/facts.ts";
import type { PlainValue } from "../../program/pipeline.ts";
import type { ContractPlan, RecipePlan } from "../../program/stage-plan.ts";
import type { Program } from "../check/program.ts";
import { createBuilder } from "../graph/index.ts";
import { invoke } from "./call.ts";
import { evaluate } from "./evaluate.ts";
import { checkIndependence } from "./independence.ts";
import { topLevel } from "./items.ts";
import { placeModel } from "./place-model.ts";
import { plainValue } from "./plain.ts";
import { moduleScope } from "./scope.ts";
import type { Stage } from "./stage.ts";
import type { PromiseValue, Value } from "./value.ts";
import { placeOf, refuse, report, type Site, type World } from "./world.ts";

export interface ElaborateOptions {
  /** Values of inputs as text, as `--set NAME=VALUE` gives them. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly facts?: Facts;
}

/** A recipe that was evaluated. */
export interface Elaborated {
  readonly program: Program;
  readonly options: ElaborateOptions;
  readonly plan: RecipePlan;
  readonly stages: readonly Stage[];
  readonly diagnostics: readonly Diagnostic[];
  /** The graph that the stages' values live in. */
  readonly world: World;
}

export function createWorld(program: Program, options: ElaborateOptions): World {
  const world: World = {
    program,
    facts: options.facts ?? new Map(),
    builder: createBuilder(),
    diagnostics: [],
    overrides: options.inputs ?? {},
    items: new Map(),
    stages: [],
    instancePaths: new Map(),
    declaredAxes: { byKey: new Map(), sums: new Map() },
    parameters: undefined,
    time: undefined,
    known: undefined,
    nextParameter: 0,
    leading: [],
    address: [],
    path: "",
    calls: [],
    steps: 0,
    exhausted: false,
    evaluate: (expression, scope) => evaluate(world, expression, scope),
    invoke: (callee, given, site, scope) => invoke(world, callee, given, site, scope),
  };
  return world;
}

/** Evaluates a recipe that was checked: its stages with their plans, its promises, its inputs. */
export function elaborate(program: Program, options: ElaborateOptions = {}): Elaborated {
  const world = createWorld(program, options);
  const entry = program.modules.get(program.entry);
  const inputs: Record<string, PlainValue> = {};
  const contracts: ContractPlan[] = [];
  for (const item of entry?.tree.items ?? []) {
    if (item.kind === "binding") topLevel(world, program.entry, item.name.text);
    if (item.kind === "input") {
      const value = topLevel(world, program.entry, item.name.text);
      const plain = value && plainValue(value);
      if (plain !== undefined) inputs[item.name.text] = plain;
    }
    if (item.kind === "ensure") contracts.push(...promised(world, item));
  }
  const sources: Record<string, string> = {};
  for (const [path, module] of program.modules) sources[path] = module.tree.text;
  const stages = world.stages.map((stage) => stage.plan);
  return {
    program,
    options,
    plan: { stages, contracts, sources, inputs },
    stages: world.stages,
    diagnostics: world.diagnostics,
    world,
  };
}

/** A promise that is kept already is nothing; one that only the budget can see is kept for it. */
function promised(world: World, item: EnsureItem): readonly ContractPlan[] {
  const scope = moduleScope(world.program.entry);
  const site = { file: world.program.entry, span: item.span };
  const value = world.evaluate(item.value, scope);
  const text = textOf(world, item);
  switch (value.kind) {
    case "unknown":
      return [];
    case "boolean":
      if (!value.value)
        report(world, promiseBroken, site, { text, found: "false", phase: undefined });
      return [];
    case "contract":
      if (value.row !== "independent") break;
      checkIndependence(world, site, text, value);
      return [];
    case "promise":
      return contractOf(world, site, text, value);
    default:
      break;
  }
  refuse(world, site, "something that is true or false", value);
  return [];
}

function textOf(world: World, item: EnsureItem): string {
  const source = world.program.modules.get(world.program.entry)?.tree.text ?? "";
  return source.slice(item.value.span.start, item.value.span.end);
}

function contractOf(
  world: World,
  site: Site,
  text: string,
  promise: PromiseValue,
): readonly ContractPlan[] {
  const { contract, operator, limit } = promise;
  if (contract.row === "parameters") {
    const found = parameterCount(world, site, contract.subject);
    if (found !== undefined && !holds(found, operator, limit)) {
      report(world, promiseBroken, site, { text, found: `${found}`, phase: undefined });
    }
  }
  if (contract.subject.kind !== "stage") return [];
  const kind = contract.row === "parameters" ? "parameters" : "peak_memory";
  const stage = contract.subject.stage.plan.address;
  return [{ text, place: placeOf(site), kind, stage, operator, limit }];
}

function parameterCount(world: World, site: Site, subject: Value): number | undefined {
  if (subject.kind === "instance") {
    return placeModel(world, site, subject)?.plan.parameterCount;
  }
  if (subject.kind !== "stage") {
    refuse(world, site, "a model", subject);
    return undefined;
  }
  const { stage } = subject;
  return (stage.kind === "train" ? stage : stage.from).model.plan.parameterCount;
}

/** Whether a number is what a promise says of it. */
export function holds(found: number, operator: ContractPlan["operator"], limit: number): boolean {
  switch (operator) {
    case "<":
      return found < limit;
    case "<=":
      return found <= limit;
    case ">":
      return found > limit;
    case ">=":
      return found >= limit;
    case "==":
      return found === limit;
    case "!=":
      return found !== limit;
  }
}
