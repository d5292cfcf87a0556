/**
 * Reads the machine's own apt sources, so that an extra suite of the same archive can be named
 * without writing down any host.
 */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/** Parses a `.sources` file (stanzas of `Key: value`). Only binary packages (`deb`) are kept. */
export function parseStanzas(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = stanzaFields(stanza);
    const words = (key: string) => (fields.get(key) ?? "").split(/\s+/).filter(Boolean);
    if (!words("types").includes("deb") || fields.get("enabled") === "no") return [];
    return words("uris").map((uri) => ({
      uri,
      suites: words("suites"),
      components: words("components"),
      signedBy: fields.get("signed-by"),
    }));
  });
}

/** Parses a `.list` file (`deb [options] uri suite component…`, one a line). */
export function parseLines(text: string): readonly AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = "", uri = "", suite = "", components = ""] = match;
    return [
      {
        uri,
        suites: [suite],
        components: components.split(/\s+/).filter(Boolean),
        signedBy: /signed-by=(\S+)/.exec(options)?.[1],
      },
    ];
  });
}

/**
 * The text of a `.sources` file for the backports suite of the archive that serves `codename`,
 * or undefined when no source serves it or the suite is there already.
 */
export function backportsSource(
  sources: readonly AptSource[],
  codename: string,
): string | undefined {
  const suite = `${codename}-backports`;
  if (sources.some((source) => source.suites.includes(suite))) return undefined;
  const base = sources.find((source) => source.suites.includes(codename));
  if (base === undefined) return undefined;
  const fields = ["Types: deb", `URIs: ${base.uri}`, `Suites: ${suite}`, "Components: main"];
  if (base.signedBy !== undefined) fields.push(`Signed-By: ${base.signedBy}`);
  return `${fields.join("\n")}\n`;
}

function stanzaFields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let key = "";
  for (const line of stanza.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match !== null) {
      key = (match[1] ?? "").toLowerCase();
      fields.set(key, (match[2] ?? "").trim());
    } else if (key !== "" && /^\s/.test(line)) {
      fields.set(key, `${fields.get(key) ?? ""}\n${line}`.trim());
    }
  }
  return fields;
}
