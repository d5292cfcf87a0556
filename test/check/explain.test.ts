import { expect, test } from "vitest";
import { catalogue } from "../../program/diagnostics/catalogue/index.ts";
import { checkText } from "./facts.ts";

/** What the reader, the checker and nothing later can say of a recipe. */
const checked = catalogue.filter((entry) => /^LV0[1-7]/.test(entry.code));

test.each(checked.map((entry) => [entry.code, entry] as const))(
  "%s: the wrong recipe yields it, the right one nothing",
  (code, { explain }) => {
    if (!("wrong" in explain)) {
      expect(explain.cause).not.toBe("");
      return;
    }
    const wrong = checkText(explain.wrong).diagnostics;
    expect(wrong.map((one) => one.code)).toContain(code);
    const right = checkText(explain.right).diagnostics;
    expect(right.map((one) => `${one.code} ${one.message}`)).toEqual([]);
  },
);

test("every code is used once", () => {
  const codes = catalogue.map((entry) => entry.code);
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
});
