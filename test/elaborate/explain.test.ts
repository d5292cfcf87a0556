import { expect, test } from "vitest";
import * as budget from "../../program/diagnostics/catalogue/budget.ts";
import { catalogue } from "../../program/diagnostics/catalogue/index.ts";
import { checked } from "./recipes.ts";

/** What evaluating and tracing a recipe can say of it. */
const codes = new Set<string>(Object.values(budget).map((kind) => kind.code));
const entries = catalogue.filter((entry) => codes.has(entry.code));

test.each(entries.map((entry) => [entry.code, entry.explain] as const))(
  "%s: the wrong recipe yields it alone, the right one nothing",
  (code, explain) => {
    if (!("wrong" in explain)) {
      expect(explain.cause).not.toBe("");
      return;
    }
    expect(checked(explain.wrong).diagnostics.map((one) => one.code)).toEqual([code]);
    const right = checked(explain.right).diagnostics;
    expect(right.map((one) => `${one.code} ${one.message}`)).toEqual([]);
  },
);
