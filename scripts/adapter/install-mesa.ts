/** Installs Mesa's software Vulkan driver with apt. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { backportsSource, parseLines, parseStanzas } from "./apt-sources.ts";

const packages = ["mesa-vulkan-drivers", "libvulkan1"];

/** The oldest Mesa whose software driver the `webgpu` package accepts. */
const oldestMesa = 25;

/** Installs the driver, or says in words why it could not. */
export function installMesa(): string | undefined {
  const system = operatingSystem();
  if (!system.debian) return "this is not Debian or Ubuntu";
  if (process.getuid?.() !== 0) return "only root can install packages";
  if (!apt(["update"])) return "apt-get update failed";
  if (candidateMesa(undefined) >= oldestMesa) return install(undefined);

  const suite = `${system.codename}-backports`;
  const source = backportsSource(readSources(), system.codename);
  if (source !== undefined) {
    writeFileSync("/etc/apt/sources.list.d/levain-backports.sources", source);
    if (!apt(["update"])) return "apt-get update failed with the backports suite";
  }
  if (candidateMesa(suite) < oldestMesa) {
    return `neither ${system.codename} nor ${suite} has Mesa ${oldestMesa} or newer`;
  }
  return install(suite);
}

function install(suite: string | undefined): string | undefined {
  const target = suite === undefined ? [] : ["-t", suite];
  return apt(["install", "--yes", "--no-install-recommends", ...target, ...packages])
    ? undefined
    : "apt-get install mesa-vulkan-drivers failed";
}

/** Major version of Mesa that apt would install from the default or the given suite; 0 if none. */
function candidateMesa(suite: string | undefined): number {
  const target = suite === undefined ? [] : ["-t", suite];
  const policy = spawnSync("apt-cache", [...target, "policy", "mesa-vulkan-drivers"], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  return Number(/Candidate: (?:\d+:)?(\d+)/.exec(policy.stdout)?.[1] ?? 0);
}

function apt(words: readonly string[]): boolean {
  const run = spawnSync("apt-get", ["-q", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
  });
  if (run.status !== 0) process.stderr.write(`${run.stdout}${run.stderr}`);
  return run.status === 0;
}

function readSources() {
  const folder = "/etc/apt/sources.list.d";
  const names = existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
  return ["/etc/apt/sources.list", ...names].filter(existsSync).flatMap((file) => {
    if (file.endsWith(".sources")) return parseStanzas(readFileSync(file, "utf8"));
    if (file.endsWith(".list")) return parseLines(readFileSync(file, "utf8"));
    return [];
  });
}

function operatingSystem(): { readonly debian: boolean; readonly codename: string } {
  const file = "/etc/os-release";
  const text = process.platform === "linux" && existsSync(file) ? readFileSync(file, "utf8") : "";
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  const families = `${field("ID")} ${field("ID_LIKE")}`.split(" ");
  return {
    debian: families.includes("debian") || families.includes("ubuntu"),
    codename: field("VERSION_CODENAME"),
  };
}
