import { type Parsed, parse } from "../../grammar/index.ts";
import type { Item, Name, UseItem } from "../../grammar/tree.ts";
import {
  duplicateName,
  foreignModule,
  importCycle,
  notInModule,
  unknownModule,
} from "../../program/diagnostics/catalogue/names.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic } from "../../program/diagnostics/diagnostic.ts";
import { type Fact, type Facts, type Want, wantKey } from "../../program/facts.ts";
import { resolvePath } from "./paths.ts";
import type { Module, Program } from "./program.ts";
import { suggest } from "./suggest.ts";

export const PRELUDE = "std/prelude";

export interface Resolution {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
  readonly wanted: readonly Want[];
}

/** A name that an item declares, where it declares one. */
export function declaredName(item: Item): Name | undefined {
  switch (item.kind) {
    case "input":
    case "record":
    case "model":
    case "function":
    case "binding":
    case "type":
      return item.name;
    default:
      return undefined;
  }
}

/** What `use` names: a module of the library, a recipe, or something that is no recipe. */
function target(use: UseItem, from: string): { module: string; want: Want } | undefined {
  const { kind, text } = use.source;
  const library = /^std\/(.+?)(\.recipe)?$/.exec(text)?.[1];
  if (kind === "path" && !text.endsWith(".recipe")) return undefined;
  if (library !== undefined) {
    return { module: `std/${library}`, want: { kind: "library", name: library } };
  }
  if (kind === "library") return { module: text, want: { kind: "library", name: text } };
  const path = resolvePath(from, text);
  return { module: path, want: { kind: "source", path } };
}

// Composers keep a fact's identity while its content stays, so a text is read once for all rounds.
const parsed = new WeakMap<Fact, Parsed>();

function parseOnce(path: string, fact: Fact & { text: string }): Parsed {
  const known = parsed.get(fact);
  if (known !== undefined && known.tree.path === path) return known;
  const result = parse(fact.text, path);
  parsed.set(fact, result);
  return result;
}

/**
 * Reads the entry recipe, the prelude and everything they use, as far as the facts go; what is
 * missing is wanted. Names of a module that is unknown stay in `imported` without a module.
 */
export function resolveModules(entry: string, facts: Facts): Resolution {
  const modules = new Map<string, Module>();
  const diagnostics: Diagnostic[] = [];
  const wanted: Want[] = [];

  const visit = (path: string, want: Want): "read" | "wanted" | "missing" => {
    if (modules.has(path)) return "read";
    const fact = facts.get(wantKey(want));
    if (fact === undefined) {
      if (!wanted.some((other) => wantKey(other) === wantKey(want))) wanted.push(want);
      return "wanted";
    }
    if (fact.kind !== "source" && fact.kind !== "library") return "missing";
    const { tree, diagnostics: syntax } = parseOnce(path, fact);
    diagnostics.push(...syntax);
    const declared = new Map<string, Item>();
    const imported = new Map<string, { module: string; name: string }>();
    modules.set(path, { path, tree, declared, imported });

    const places = new Map<string, Name>();
    const bring = (name: Name, what: string): boolean => {
      const first = places.get(name.text);
      if (first === undefined) {
        places.set(name.text, name);
        return true;
      }
      diagnostics.push(
        diagnose(
          duplicateName,
          { file: path, range: name.span },
          { name: name.text, what },
          {
            related: [{ place: { file: path, range: first.span }, message: "declared here first" }],
          },
        ),
      );
      return false;
    };
    for (const item of tree.items) {
      if (item.kind === "use") {
        // A recipe that uses itself brings nothing new; the cycle is the one fault.
        if (target(item, path)?.module === path) continue;
        for (const { name, as } of item.names) {
          const local = as ?? name;
          if (!bring(local, "name")) continue;
          const module = target(item, path)?.module ?? item.source.text;
          imported.set(local.text, { module, name: name.text });
        }
      } else {
        const name = declaredName(item);
        if (name !== undefined && bring(name, "name")) declared.set(name.text, item);
      }
    }

    for (const item of tree.items) {
      if (item.kind !== "use") continue;
      const place = { file: path, range: item.source.span };
      const found = target(item, path);
      if (found === undefined) {
        diagnostics.push(diagnose(foreignModule, place, { path: item.source.text }));
      } else if (visit(found.module, found.want) === "missing") {
        const library = found.want.kind === "library";
        diagnostics.push(
          diagnose(unknownModule, place, {
            path: library ? found.module : item.source.text,
            library,
            suggestion: library ? suggest(found.module, LIBRARY) : undefined,
          }),
        );
      }
    }
    return "read";
  };

  // An entry without a text is the composer's to report: it has the path and the reason.
  visit(entry, { kind: "source", path: entry });
  visit(PRELUDE, { kind: "library", name: "prelude" });
  const program: Program = { entry, modules };
  diagnostics.push(...importedNames(program), ...cycles(program));
  return { program, diagnostics, wanted };
}

/** The modules that the library has, for suggestions; a test compares them with `recipes/std`. */
export const LIBRARY: readonly string[] = [
  "std/layers",
  "std/metrics",
  "std/models",
  "std/objectives",
  "std/optimizers",
];

function importedNames(program: Program): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const [path, module] of program.modules) {
    for (const item of module.tree.items) {
      if (item.kind !== "use") continue;
      const found = target(item, path);
      const other = found === undefined ? undefined : program.modules.get(found.module);
      if (other === undefined || found?.module === path) continue;
      for (const { name } of item.names) {
        if (other.declared.has(name.text)) continue;
        diagnostics.push(
          diagnose(
            notInModule,
            { file: path, range: name.span },
            {
              name: name.text,
              module: item.source.text,
              suggestion: suggest(name.text, other.declared.keys()),
              imported: other.imported.has(name.text),
            },
          ),
        );
      }
    }
  }
  return diagnostics;
}

/** Each cycle once, at the `use` that closes it. */
function cycles(program: Program): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const module = program.modules.get(path);
    if (module === undefined || done.has(path)) return;
    for (const item of module.tree.items) {
      if (item.kind !== "use") continue;
      const next = target(item, path)?.module;
      if (next === undefined) continue;
      const start = [...trail, path].indexOf(next);
      if (start < 0) visit(next, [...trail, path]);
      else {
        const cycle = [...trail, path].slice(start);
        diagnostics.push(diagnose(importCycle, { file: path, range: item.source.span }, { cycle }));
      }
    }
    done.add(path);
  };
  visit(program.entry, []);
  return diagnostics;
}

/** Where a name of a file is declared: in the file, through `use`, or in the prelude. */
export function lookup(
  program: Program,
  module: string,
  name: string,
): { readonly module: string; readonly item: Item } | undefined {
  const from = program.modules.get(module);
  const own = from?.declared.get(name);
  if (own !== undefined) return { module, item: own };
  const brought = from?.imported.get(name);
  if (brought !== undefined) {
    const item = program.modules.get(brought.module)?.declared.get(brought.name);
    return item === undefined ? undefined : { module: brought.module, item };
  }
  const prelude = program.modules.get(PRELUDE)?.declared.get(name);
  return prelude === undefined ? undefined : { module: PRELUDE, item: prelude };
}

/** The module of the library that declares a name; wants the library where it is not known yet. */
export function libraryModuleWith(
  name: string,
  facts: Facts,
  want: (want: Want) => void,
): string | undefined {
  for (const path of LIBRARY) {
    const wanted: Want = { kind: "library", name: path.slice("std/".length) };
    const fact = facts.get(wantKey(wanted));
    if (fact === undefined) want(wanted);
    else if (fact.kind === "library") {
      const { tree } = parseOnce(path, fact);
      if (tree.items.some((item) => declaredName(item)?.text === name)) return path;
    }
  }
  return undefined;
}
