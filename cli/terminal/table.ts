import { displayWidth, pad } from "./width.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/** Rows under titles, columns as wide as their widest cell. Returns lines without trailing spaces. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) =>
        pad(cells[index] ?? "", widths[index] ?? 0, column.align === "right" ? "left" : "right"),
      )
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}
