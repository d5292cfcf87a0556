import type { Argument, Expression, Name, Parameter, Setting, Span } from "../../grammar/tree.ts";

/** What binding knows of a parameter. */
export interface Slot {
  readonly name: string;
  /** Has no default. */
  readonly required: boolean;
}

/** One argument as it was written. */
export interface Given {
  /** Absent for positional arguments and for what was piped. */
  readonly name: Name | undefined;
  readonly value: Expression;
  readonly how: "piped" | "positional" | "named" | "pun" | "setting";
  readonly span: Span;
}

export interface EveryGiven {
  readonly interval: Expression;
  readonly settings: readonly Setting[];
  readonly span: Span;
}

export interface KeyedGiven {
  readonly key: Extract<Setting, { kind: "keyed-setting" }>["key"];
  readonly value: Expression;
  readonly span: Span;
}

export type BindingProblem =
  /** More positional arguments than parameters. */
  | { readonly kind: "too-many"; readonly given: Given; readonly most: number }
  | {
      readonly kind: "duplicate";
      readonly parameter: string;
      readonly given: Given;
      readonly first: Given;
    }
  /** Positional after named, and not the name of a free parameter. */
  | { readonly kind: "positional-after-named"; readonly given: Given }
  /** `config { … }` where no layout is. */
  | { readonly kind: "config"; readonly span: Span };

export interface Bound {
  /** By the parameter's name. */
  readonly values: ReadonlyMap<string, Given>;
  /** `every N unit { … }`, in order: entries of the parameter `every`. */
  readonly every: readonly EveryGiven[];
  /** `70%: …`, in order; only functions that read them (`mix`, `with`) accept them. */
  readonly keyed: readonly KeyedGiven[];
  /** Named arguments that no parameter has; some operations read them as dimensions. */
  readonly unknown: readonly Given[];
  /** Required parameters without a value, in order. */
  readonly missing: readonly Slot[];
  /**
   * True where something is missing and everything given is named: the call is a function of
   * `missing`, in order. A call without arguments is never one.
   */
  readonly partial: boolean;
  /** A hole or unreadable text stood among the arguments: what is missing may be meant by it. */
  readonly open: boolean;
  readonly holes: readonly Span[];
  readonly problems: readonly BindingProblem[];
}

export function slotsOf(parameters: readonly Parameter[]): readonly Slot[] {
  return parameters.map((parameter) => ({
    name: parameter.name.text,
    required: parameter.value === undefined,
  }));
}

/**
 * Binds what a call gives to the parameters of what is called; names are not looked up and nothing
 * is typed. Positional arguments come first, then named ones; after the first named argument a bare
 * name that is a free parameter stands for `name: name`; settings in braces are named arguments.
 */
export function bindArguments(
  slots: readonly Slot[],
  call: {
    readonly piped?: Expression | undefined;
    readonly arguments: readonly Argument[];
    readonly settings: readonly Setting[];
  },
): Bound {
  const names = new Set(slots.map((slot) => slot.name));
  const values = new Map<string, Given>();
  const every: EveryGiven[] = [];
  const keyed: KeyedGiven[] = [];
  const unknown: Given[] = [];
  const holes: Span[] = [];
  const problems: BindingProblem[] = [];
  let open = false;
  let positional = 0;
  let named = 0;

  const place = (given: Given): void => {
    const slot = slots[positional];
    positional += 1;
    if (slot === undefined) problems.push({ kind: "too-many", given, most: slots.length });
    else values.set(slot.name, given);
  };
  const placeNamed = (name: string, given: Given): void => {
    named += 1;
    if (!names.has(name)) {
      const first = unknown.find((other) => other.name?.text === name);
      if (first !== undefined) problems.push({ kind: "duplicate", parameter: name, given, first });
      else unknown.push(given);
      return;
    }
    const first = values.get(name);
    if (first !== undefined) problems.push({ kind: "duplicate", parameter: name, given, first });
    else values.set(name, given);
  };

  if (call.piped !== undefined) {
    const { piped } = call;
    place({ name: undefined, value: piped, how: "piped", span: piped.span });
  }
  for (const argument of call.arguments) {
    const { name, value, span } = argument;
    if (name !== undefined) {
      placeNamed(name.text, { name, value, how: "named", span });
    } else if (value.kind === "error") {
      open = true;
    } else if (named === 0) {
      // A hole takes a place like any value, and whatever follows may be meant by it too.
      if (value.kind === "hole") open = true;
      place({ name: undefined, value, how: "positional", span });
    } else if (value.kind === "reference" && names.has(value.name)) {
      const pun: Name = { kind: "name", text: value.name, span: value.span };
      placeNamed(value.name, { name: pun, value, how: "pun", span });
    } else if (value.kind === "hole") {
      open = true;
      holes.push(span);
    } else if (value.kind === "reference") {
      // Of everything else the reader has said that it needs a name.
      problems.push({
        kind: "positional-after-named",
        given: { name: undefined, value, how: "positional", span },
      });
    }
  }
  for (const setting of call.settings) {
    switch (setting.kind) {
      case "setting": {
        const { name, value, span } = setting;
        placeNamed(name.text, { name, value, how: "setting", span });
        break;
      }
      case "every":
        every.push(setting);
        named += 1;
        break;
      case "keyed-setting":
        keyed.push(setting);
        break;
      case "config":
        problems.push({ kind: "config", span: setting.span });
        break;
      case "hole":
        open = true;
        holes.push(setting.span);
        break;
      case "error":
        open = true;
        break;
    }
  }

  const missing = slots.filter(
    (slot) =>
      slot.required && !values.has(slot.name) && !(slot.name === "every" && every.length > 0),
  );
  const partial = missing.length > 0 && positional === 0 && named > 0 && !open;
  return { values, every, keyed, unknown, missing, partial, open, holes, problems };
}
