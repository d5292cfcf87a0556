import { expect, test } from "vitest";
import { backportsSource, parseLines, parseStanzas } from "../../scripts/adapter/apt-sources.ts";

const stanzas = `Types: deb
# a comment
URIs: http://archive.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/archive.gpg

Types: deb-src
URIs: http://archive.invalid/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://archive.invalid/security
Suites: bookworm-security
Components: main
`;

const lines = `# deb http://old.invalid/debian bookworm main
deb [arch=amd64 signed-by=/keys/archive.gpg] http://archive.invalid/debian bookworm main contrib
deb-src http://archive.invalid/debian bookworm main
`;

const backports = `Types: deb
URIs: http://archive.invalid/debian
Suites: bookworm-backports
Components: main
Signed-By: /keys/archive.gpg
`;

test.each([
  ["stanzas", parseStanzas(stanzas)],
  ["lines", parseLines(lines)],
])("the backports suite comes from the archive of the machine's own sources: %s", (_, sources) => {
  expect(backportsSource(sources, "bookworm")).toBe(backports);
});

test("nothing is added where the suite is there or no source serves the release", () => {
  expect(backportsSource(parseStanzas(`${stanzas}\n${backports}`), "bookworm")).toBeUndefined();
  expect(backportsSource(parseStanzas(stanzas), "trixie")).toBeUndefined();
});
