import type { Item, Member } from "../../grammar/tree.ts";
import { recursion } from "../../program/diagnostics/catalogue/names.ts";
import { memberName } from "./models.ts";
import { declaredName } from "./modules.ts";
import type { Program } from "./program.ts";
import type { Report } from "./report.ts";

/** Which declaration needs which, recorded while bodies are typed. */
export interface Needs {
  readonly add: (from: object, to: object) => void;
  /** Whether anything needs the declaration. */
  readonly has: (declaration: object) => boolean;
  readonly report: (program: Program, report: Report) => void;
}

interface Place {
  readonly module: string;
  readonly name: string;
  readonly what: string;
  readonly span: { readonly start: number; readonly end: number };
}

export function createNeeds(): Needs {
  const edges = new Map<object, Set<object>>();
  const needed = new Set<object>();
  return {
    has: (declaration) => needed.has(declaration),
    add: (from, to) => {
      needed.add(to);
      const known = edges.get(from);
      if (known === undefined) edges.set(from, new Set([to]));
      else known.add(to);
    },
    report: (program, report) => {
      const places = placesOf(program);
      for (const cycle of cyclesOf(edges, places)) {
        const named = cycle.flatMap((node) => places.get(node) ?? []);
        const first = [...named].sort((a, b) => a.span.start - b.span.start)[0];
        if (first === undefined) continue;
        const start = named.indexOf(first);
        const path = [...named.slice(start), ...named.slice(0, start)].map((place) => place.name);
        report.add(recursion, first.module, first.span, { path, what: first.what });
      }
    },
  };
}

function placesOf(program: Program): Map<object, Place> {
  const places = new Map<object, Place>();
  for (const [module, { tree }] of program.modules) {
    for (const item of tree.items) {
      const name = declaredName(item);
      if (name === undefined) continue;
      places.set(item, { module, name: name.text, what: wordFor(item), span: name.span });
      if (item.kind !== "model") continue;
      for (const member of item.members) {
        const text = memberName(member);
        if (text === undefined) continue;
        const span = "name" in member ? (member.name?.span ?? member.span) : member.span;
        const shown = member.kind === "function" && member.name === undefined ? "fn" : text;
        places.set(member, { module, name: shown, what: wordFor(member), span });
      }
    }
  }
  return places;
}

function wordFor(declaration: Item | Member): string {
  if (declaration.kind === "function") return "the function";
  return declaration.kind === "model" ? "the model" : "the value";
}

/** Each group of declarations that need each other, as one path through it. */
function cyclesOf(
  edges: ReadonlyMap<object, ReadonlySet<object>>,
  places: ReadonlyMap<object, Place>,
): readonly (readonly object[])[] {
  const cycles: (readonly object[])[] = [];
  const done = new Set<object>();
  const reported = new Set<object>();
  const visit = (node: object, trail: readonly object[]): void => {
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) {
      const at = [...trail, node].indexOf(next);
      if (at < 0) visit(next, [...trail, node]);
      else {
        const cycle = [...trail, node].slice(at);
        if (cycle.some((one) => reported.has(one)) || !cycle.some((one) => places.has(one))) {
          continue;
        }
        // What a model's members do with it is part of the same fault.
        for (const one of cycle) {
          reported.add(one);
          if ("members" in one) for (const member of one.members as object[]) reported.add(member);
        }
        cycles.push(cycle);
      }
    }
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return cycles;
}
