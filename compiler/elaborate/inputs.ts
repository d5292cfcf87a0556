import { parse } from "../../grammar/index.ts";
import type { Expression, InputItem, TypeNode } from "../../grammar/tree.ts";
import { badInput } from "../../program/diagnostics/catalogue/budget.ts";
import { coerce } from "./coerce.ts";
import { moduleScope } from "./scope.ts";
import { alternatives, namedType } from "./types.ts";
import { text, type Value } from "./value.ts";
import { report, type World } from "./world.ts";

/** The value that an input was given from outside; undefined where it was given none. */
export function inputValue(world: World, item: InputItem): Value | undefined {
  const name = item.name.text;
  const given = Object.hasOwn(world.overrides, name) ? world.overrides[name] : undefined;
  if (given === undefined) return undefined;
  const module = world.program.entry;
  const site = { file: module, span: item.span };
  const choices = alternatives(world.program, module, item.type);
  for (const value of readings(world, given)) {
    if (choices.some((choice) => fits(world, choice.type, choice.module, value))) {
      return coerce(world, site, name, item.type, module, value);
    }
  }
  const expected = choices.map((choice) => written(world, choice.type, choice.module)).join(" or ");
  return report(world, badInput, site, { name, text: given, expected });
}

/** A text is what it says, or itself: `--set method=plain` needs no quotes. */
function readings(world: World, given: string): readonly Value[] {
  const { tree, diagnostics } = parse(`let value = ${given}\n`, "--set");
  const [item] = tree.items;
  const plain = text(given, world.program.entry);
  if (diagnostics.length > 0 || tree.items.length !== 1 || item?.kind !== "binding") return [plain];
  if (!isLiteral(item.value)) return [plain];
  return [world.evaluate(item.value, moduleScope(world.program.entry)), plain];
}

function isLiteral(node: Expression): boolean {
  switch (node.kind) {
    case "number":
    case "string":
    case "boolean":
    case "none":
      return true;
    case "unary":
    case "group":
      return isLiteral(node.value);
    case "list":
      return node.items.every(isLiteral);
    default:
      return false;
  }
}

function fits(world: World, type: TypeNode, module: string, value: Value): boolean {
  switch (type.kind) {
    case "literal-type":
      return value.kind === "text" && value.value === type.value;
    case "list-type": {
      if (value.kind !== "list") return false;
      const choices = alternatives(world.program, module, type.element);
      return value.items.every((item) =>
        choices.some((choice) => fits(world, choice.type, choice.module, item)),
      );
    }
    case "named-type": {
      const named = namedType(world.program, module, type);
      return named.kind === "built-in" && fitsBuiltIn(named.name, unitsOf(type), value);
    }
    default:
      return value.kind === "none";
  }
}

function unitsOf(type: Extract<TypeNode, { kind: "named-type" }>): readonly string[] {
  return type.arguments.flatMap((argument) =>
    argument.kind === "dimensions"
      ? argument.from.flatMap((node) =>
          node.kind === "dimension" && node.value.kind === "reference" ? [node.value.name] : [],
        )
      : [],
  );
}

function fitsBuiltIn(name: string, units: readonly string[], value: Value): boolean {
  switch (name) {
    case "Real":
      return value.kind === "number" && value.unit === undefined;
    case "Int":
    case "Dim":
      return value.kind === "number" && value.unit === undefined && value.whole;
    case "Share":
      return value.kind === "number" && value.unit === "share";
    case "Count":
      return value.kind === "number" && value.unit !== undefined && units.includes(value.unit);
    case "Bool":
      return value.kind === "boolean";
    case "Text":
      return value.kind === "text";
    case "none":
      return value.kind === "none";
    default:
      return false;
  }
}

function written(world: World, type: TypeNode, module: string): string {
  switch (type.kind) {
    case "literal-type":
      return JSON.stringify(type.value);
    case "list-type":
      return "a list";
    case "named-type": {
      const named = namedType(world.program, module, type);
      if (named.kind !== "built-in") return type.path[0]?.text ?? "";
      const units = unitsOf(type);
      return named.name === "Count" ? `a number of ${units.join(", ")}` : named.name;
    }
    default:
      return "another value";
  }
}
