import type {
  Argument,
  CallNode,
  Expression,
  Parameter,
  Setting,
  Span,
} from "../../grammar/tree.ts";
import { tooManySteps } from "../../program/diagnostics/catalogue/budget.ts";
import {
  type Bound,
  bindArguments,
  type Given as GivenArgument,
  slotsOf,
} from "../check/bind-arguments.ts";
import { bindParameters, type Call } from "./bind-parameters.ts";
import { coerce, renameAxis } from "./coerce.ts";
import { instantiate, parametersMade } from "./models.ts";
import { callRepeated } from "./repeated.ts";
import { callRow } from "./rows.ts";
import { blockScope, callScope, type Scope } from "./scope.ts";
import {
  type FunctionValue,
  type InstanceValue,
  record,
  text,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { type Given, refuse, report, type Site, STEP_LIMIT, type World } from "./world.ts";

/** More calls within each other than this are no recipe, and would not fit on the stack. */
const NESTED_CALLS = 200;

interface Written {
  readonly piped: Expression | undefined;
  readonly arguments: readonly Argument[];
  readonly settings: readonly Setting[];
}

/** `f(a, x: 1) { y: 2 }`, with what was piped into it. */
export function evaluateCall(
  world: World,
  node: CallNode,
  scope: Scope,
  piped: Expression | undefined,
): Value {
  const site = { file: scope.module, span: node.span };
  const callee = world.evaluate(node.callee, scope);
  const { arguments: written, settings } = node;
  return callWritten(world, callee, { piped, arguments: written, settings }, site, scope);
}

/** Calls a value with arguments as they are written. */
export function callWritten(
  world: World,
  callee: Value,
  written: Written,
  site: Site,
  scope: Scope,
): Value {
  if (callee.kind === "unknown") return callee;
  if (callee.kind === "record-type") {
    const fields = written.settings.flatMap((setting) =>
      setting.kind === "setting"
        ? [[setting.name.text, world.evaluate(setting.value, scope)] as const]
        : [],
    );
    const module = callee.scope.module;
    return coerce(world, site, "", callee.item.type, module, record(fields));
  }
  const parameters = parametersOf(callee);
  if (parameters === undefined) {
    const positional = [
      ...(written.piped === undefined ? [] : [written.piped]),
      ...written.arguments.map((argument) => argument.value),
    ].map((value) => world.evaluate(value, scope));
    return invoke(world, callee, { positional, named: new Map() }, site, scope);
  }
  const bound = boundOnce(parameters, written);
  const values = new Map<string, Value>();
  for (const [name, given] of bound.values) values.set(name, evaluateGiven(world, given, scope));
  if (bound.every.length > 0) {
    const items = bound.every.map((every) =>
      record([
        ["interval", world.evaluate(every.interval, scope)],
        ...evaluateSettings(world, every.settings, scope),
      ]),
    );
    values.set("every", { kind: "list", items });
  }
  if (bound.partial && callee.kind === "function") {
    return { ...callee, bound: new Map([...callee.bound, ...values]) };
  }
  const byDimension = bound.unknown.flatMap(({ name, value }) =>
    name === undefined ? [] : [{ name: name.text, value }],
  );
  const places = new Map<string, Span>();
  for (const [name, { value }] of bound.values) places.set(name, value.span);
  return dispatch(world, callee, { values, byDimension, site, places, outer: scope });
}

// Stages trace the same calls again and again, and what is written where does not change.
const bindings = new WeakMap<
  readonly Argument[],
  { readonly parameters: readonly Parameter[]; readonly written: Written; readonly bound: Bound }
>();

function boundOnce(parameters: readonly Parameter[], written: Written): Bound {
  const known = bindings.get(written.arguments);
  if (
    known !== undefined &&
    known.parameters === parameters &&
    known.written.piped === written.piped &&
    known.written.settings === written.settings
  ) {
    return known.bound;
  }
  const bound = bindArguments(slotsOf(parameters), written);
  bindings.set(written.arguments, { parameters, written, bound });
  return bound;
}

function evaluateGiven(world: World, given: GivenArgument, scope: Scope): Value {
  return world.evaluate(given.value, scope);
}

function evaluateSettings(
  world: World,
  settings: readonly Setting[],
  scope: Scope,
): readonly (readonly [string, Value])[] {
  return settings.flatMap((setting) =>
    setting.kind === "setting"
      ? [[setting.name.text, world.evaluate(setting.value, scope)] as const]
      : [],
  );
}

/** The parameters that a call may still give. */
export function parametersOf(callee: Value): readonly Parameter[] | undefined {
  switch (callee.kind) {
    case "function":
      if (callee.bound.size === 0) return callee.item.parameters;
      return callee.item.parameters.filter((parameter) => !callee.bound.has(parameter.name.text));
    case "architecture":
      return callee.item.parameters ?? [];
    case "instance": {
      const called = calledFunction(callee);
      return called?.item.parameters;
    }
    case "entry":
      return parametersOf(callee.value);
    case "repeated":
      return parametersOf(callee.template);
    default:
      return undefined;
  }
}

/** `fn (x: …) -> …` of a model: what calling the model calls. */
export function calledFunction(instance: InstanceValue): FunctionValue | undefined {
  const value = instance.scope.names.get("");
  return value?.kind === "function" ? { ...value, receiver: instance } : undefined;
}

/** Calls a value with values; names that it does not have are left out. */
export function invoke(world: World, callee: Value, given: Given, site: Site, outer: Scope): Value {
  if (callee.kind === "lambda") return callLambda(world, callee, given, site);
  const parameters = parametersOf(callee);
  if (parameters === undefined) return refuse(world, site, "a function", callee);
  const values = new Map<string, Value>(given.named);
  for (const [place, value] of given.positional.entries()) {
    const parameter = parameters[place];
    if (parameter !== undefined) values.set(parameter.name.text, value);
  }
  return dispatch(world, callee, { values, byDimension: [], site, outer });
}

function dispatch(world: World, callee: Value, call: Call): Value {
  return nested(world, call.site, () => dispatched(world, callee, call));
}

/** Evaluates a call within those that are open; a function that calls itself for ever ends here. */
function nested(world: World, site: Site, evaluate: () => Value): Value {
  if (world.exhausted || world.calls.length >= NESTED_CALLS) {
    if (!world.exhausted) report(world, tooManySteps, site, { limit: STEP_LIMIT });
    world.exhausted = true;
    return UNKNOWN;
  }
  world.calls.push(site);
  const result = evaluate();
  world.calls.pop();
  return result;
}

function dispatched(world: World, callee: Value, call: Call): Value {
  switch (callee.kind) {
    case "function":
      return callFunction(world, callee, call);
    case "architecture":
      return instantiate(world, callee, call);
    case "instance": {
      const called = calledFunction(callee);
      if (called === undefined) return refuse(world, call.site, "a function", callee);
      return callFunction(world, called, call);
    }
    case "repeated":
      return callRepeated(world, callee, call);
    case "entry":
      return callEntry(world, callee, call);
    default:
      return refuse(world, call.site, "a function", callee);
  }
}

/** Calls one of several stacked modules: its parameters are entries of the stacks. */
function callEntry(world: World, callee: Extract<Value, { kind: "entry" }>, call: Call): Value {
  const reader = world.parameters;
  const { template, axis } = callee.repeated;
  if (reader === undefined) return refuse(world, call.site, "a value of the recipe", callee);
  const [from, to] = template.made;
  const before = new Map(reader.overlay);
  for (const parameter of parametersMade(template, from, to)) {
    const stacked = reader.read(parameter);
    reader.overlay.set(
      parameter.id,
      world.builder.apply("take", [stacked], { axis, at: callee.at }),
    );
  }
  const result = dispatch(world, callee.value, call);
  reader.overlay.clear();
  for (const [id, node] of before) reader.overlay.set(id, node);
  return result;
}

/** Calls a function; a method of a model that was given the same before is not traced again. */
function callFunction(world: World, callee: FunctionValue, call: Call): Value {
  const known = world.known?.get(callee.item) ?? new Map<string, Value>();
  const key =
    world.known === undefined ||
    callee.receiver === undefined ||
    world.parameters?.overlay.size !== 0
      ? undefined
      : keyOfCall(world, callee.receiver, call.values);
  if (key === undefined) return callAnew(world, callee, call);
  const result = known.get(key) ?? callAnew(world, callee, call);
  world.known?.set(callee.item, known.set(key, result));
  return result;
}

/** Tells calls apart whose arguments are tensors, and records of them; undefined for others. */
function keyOfCall(
  world: World,
  receiver: InstanceValue,
  values: ReadonlyMap<string, Value>,
): string | undefined {
  const path = world.instancePaths.get(receiver);
  let key = path === undefined ? undefined : `${path}:`;
  const add = (value: Value): void => {
    if (key === undefined) return;
    if (value.kind === "tensor") key += `${value.node.id},`;
    else if (value.kind === "record") {
      for (const [name, field] of value.fields) {
        key += name;
        add(field);
        if (key === undefined) return;
      }
    } else key = undefined;
  };
  for (const [name, value] of values) {
    if (key !== undefined) key += name;
    add(value);
  }
  return key;
}

/** Binds, evaluates the body with its dimensions, and gives the result in the caller's dimensions. */
function callAnew(world: World, callee: FunctionValue, call: Call): Value {
  const { item, receiver } = callee;
  const inner = callScope(callee.scope, receiver);
  const given = new Map([...callee.bound, ...call.values]);
  const isRow = item.body?.kind === "row";
  const aliases = new Map(receiver?.aliases ?? []);
  const values = bindParameters(world, item.parameters, given, inner, call, aliases, !isRow);
  if (values === undefined) return UNKNOWN;
  if (item.body === undefined) return refuse(world, call.site, "a function with a body", callee);
  if (item.body.kind === "row") {
    return callRow(world, item.body.table.text, item.body.row, {
      ...call,
      values,
      item,
      inner,
    });
  }
  const path = world.path;
  const instance = receiver ?? inner.activation.instance;
  const own = instance === undefined ? undefined : world.instancePaths.get(instance);
  if (own !== undefined) world.path = own;
  let result = world.evaluate(item.body.expression, inner);
  for (const [fresh, original] of aliases) {
    result = renameAxis(world, call.site, result, fresh, original);
  }
  world.path = path;
  return result;
}

function callLambda(
  world: World,
  callee: Extract<Value, { kind: "lambda" }>,
  given: Given,
  site: Site,
): Value {
  const { node, scope } = callee;
  if (node.kind === "projection") {
    const [value] = given.positional;
    if (value === undefined) return UNKNOWN;
    const inner = blockScope(scope);
    inner.names.set("it", value);
    let result: Expression = { kind: "reference", name: "it", span: node.span };
    for (const name of node.path) {
      result = { kind: "field", object: result, name, span: node.span };
    }
    return world.evaluate(result, inner);
  }
  const inner = callScope(scope);
  for (const [place, parameter] of node.parameters.entries()) {
    const value = given.positional[place] ?? given.named.get(parameter.name.text);
    if (value === undefined) return refuse(world, site, "more arguments", text(""));
    inner.names.set(parameter.name.text, value);
  }
  return nested(world, site, () => world.evaluate(node.body, inner));
}
