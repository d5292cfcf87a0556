// The arrows between rooms (ARCHITECTURE.md). A module may import what lies below it, never above.

/** A rule: nothing in `from` imports anything in `to`. */
function forbid(name, comment, from, to) {
  return { name, comment, severity: "error", from, to };
}

/** Compiler folders from the bottom up; each may import the ones before it, and itself. */
const compilerFloors = ["diagnostics", "operations", "graph", "layout", "kernels", "targets"];

const compilerArrows = compilerFloors.map((floor, index) => {
  const above = [...compilerFloors.slice(index + 1), "budget", "check", "elaborate"];
  return forbid(
    `compiler-${floor}-looks-down`,
    `compiler/${floor} may not import what is built on it`,
    { path: `^compiler/${floor}/` },
    { path: `^compiler/(${above.join("|")})(/|\\.ts$)` },
  );
});

module.exports = {
  forbidden: [
    forbid(
      "no-cycles",
      "modules that import each other cannot be read one at a time (type-only imports excepted)",
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    ),
    forbid("no-unresolved", "an import that leads nowhere", {}, { couldNotResolve: true }),
    forbid(
      "program-imports-nothing",
      "program/ is the contract between compile time and run time",
      { path: "^program/" },
      { pathNot: "^program/" },
    ),
    forbid(
      "grammar-imports-program",
      "grammar/ knows text, trees and diagnostics",
      { path: "^grammar/" },
      { pathNot: "^(grammar|program)/" },
    ),
    forbid(
      "compiler-is-pure",
      "compiler/ knows grammar/ and program/, and two packages without input or output",
      { path: "^compiler/" },
      {
        pathNot: "^(compiler|grammar|program)/|^node_modules/(fastest-levenshtein|protobufjs)/",
      },
    ),
    forbid(
      "runtime-knows-no-compiler",
      "a run needs only what program/ describes",
      { path: "^runtime/" },
      { path: "^(grammar|compiler|cli|editor)/" },
    ),
    forbid(
      "nobody-imports-cli",
      "cli/ composes the rooms and is imported by none of them",
      { path: "^(program|grammar|compiler|runtime)/" },
      { path: "^(cli|editor)/" },
    ),
    forbid(
      "rooms-need-no-tests",
      "what is shipped imports no test, bench or script",
      { path: "^(program|grammar|compiler|runtime|cli)/" },
      { path: "^(test|bench|scripts)/" },
    ),
    ...compilerArrows,
    forbid(
      "check-looks-down",
      "a checker decides from types; steps and kernels are built from what it has decided",
      { path: "^compiler/check/" },
      { path: "^compiler/(elaborate|layout|kernels|targets|budget)(/|\\.ts$)" },
    ),
    forbid(
      "elaborate-schedules-nothing",
      "elaborate/ makes stages and graphs; scheduling comes after",
      { path: "^compiler/elaborate/" },
      { path: "^compiler/(layout|kernels|targets|budget)(/|\\.ts$)" },
    ),
    forbid(
      "nodes-know-no-table",
      "graph nodes are built from rules handed to them; importing the table would be a cycle",
      { path: "^compiler/graph/node\\.ts$" },
      { path: "^compiler/operations/table\\.ts$" },
    ),
    forbid(
      "targets-are-strangers",
      "a target may not lean on another",
      { path: "^compiler/targets/([^/]+)/" },
      { path: "^compiler/targets/[^/]+/", pathNot: "^compiler/targets/$1/" },
    ),
    forbid(
      "recipes-are-data",
      "library text comes through the host, so that a browser can supply it too",
      {},
      { path: "\\.recipe$" },
    ),
    forbid(
      "one-door-to-typescript",
      "the TypeScript compiler is slow to load and stays behind runtime/foreign/",
      { path: "^(program|grammar|compiler|runtime|cli)/", pathNot: "^runtime/foreign/" },
      { path: "^node_modules/(ts-morph|typescript)/" },
    ),
    forbid(
      "devices-stay-in-their-room",
      "only runtime/device/ touches the native packages",
      { path: "^(program|grammar|compiler|runtime|cli)/", pathNot: "^runtime/device/" },
      { path: "^node_modules/(webgpu|onnxruntime-node|onnxruntime-web)/" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
