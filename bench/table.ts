import type { Report } from "./report.ts";

/** A report for people. */
export function table(name: string, report: Report): string {
  const number = (value: number | null) => (value === null ? "-" : value.toLocaleString("en-US"));
  const rows = [
    ["", "Levain", "peer", "ratio"],
    ...report.rows.map(({ what, levain, peer, ratio }) => [
      what,
      number(levain),
      number(peer),
      number(ratio),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  "),
  );
  const versions = Object.entries(report.versions).map(([what, version]) => `${what} ${version}`);
  const notes = report.notes.map((note) => `note: ${note}`);
  return [`${name} on ${report.adapter}`, versions.join(", "), "", ...lines, "", ...notes].join(
    "\n",
  );
}
