import { readFile } from "node:fs/promises";
import { createColors } from "picocolors";
import { describe, expect, test } from "vitest";
import { reportBug } from "../../cli/bug-report.ts";
import type { Terminal } from "../../cli/terminal/terminal.ts";
import { invariant } from "../../program/invariant.ts";

function listening(): { readonly terminal: Terminal; readonly said: string[] } {
  const said: string[] = [];
  const colours = createColors(false);
  const terminal: Terminal = {
    result: () => {},
    say: (line) => void said.push(line),
    colours,
    resultColours: colours,
    live: false,
    columns: 80,
  };
  return { terminal, said };
}

async function caught(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

describe("an exception", () => {
  test("is a bug of Levain, with all that a report needs, and code 70", async () => {
    const { terminal, said } = listening();
    const error = await caught(() => invariant(false, "two and two is five"));
    expect(reportBug(error, terminal)).toBe(70);
    const text = said.join("\n");
    expect(text).toMatch(/^Levain has a bug/);
    expect(text).toContain("two and two is five");
    expect(text).toContain(`node ${process.versions.node}`);
    expect(text).toContain("bug-report.test.ts");
  });

  test("of the operating system is no bug: what and where, and code 3", async () => {
    const { terminal, said } = listening();
    const error = await caught(() => readFile("no/such/file"));
    expect(reportBug(error, terminal)).toBe(3);
    expect(said).toEqual(["error: no/such/file: there is no such file or folder"]);
  });
});
