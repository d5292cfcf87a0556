import { emptyFile, invalidText } from "../../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../../program/diagnostics/define.ts";
import { refuse } from "../../refusal.ts";
import { textSetting } from "../settings.ts";
import type { DataSource } from "../source.ts";
import { findInvalidByte } from "../utf8.ts";

const lineFeed = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The lines of a UTF-8 file, each with its line break; a byte order mark at the start is no text. */
export const text: DataSource = {
  order: "fixed",
  async open(pipeline, context) {
    const path = textSetting(pipeline, "path");
    const file = await context.file(path, pipeline.place);
    const invalid = findInvalidByte(file);
    if (invalid !== undefined) {
      const { line, column, byte } = invalid;
      refuse(
        diagnose(
          invalidText,
          { file: path, line, column },
          { byte },
          {
            related: [{ place: pipeline.place, message: "read as text here" }],
          },
        ),
      );
    }
    const marked = byteOrderMark.every((byte, index) => file[index] === byte);
    const bytes = marked ? file.subarray(byteOrderMark.length) : file;
    if (bytes.length === 0) refuse(diagnose(emptyFile, pipeline.place, { path }));
    const ends = lineEnds(bytes);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      kind: "documents",
      length: ends.length,
      bytes: bytes.length,
      row: (index) =>
        decoder.decode(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index])),
    };
  },
};

/** Where each line ends, after its line break. */
function lineEnds(bytes: Uint8Array): Float64Array {
  const ends: number[] = [];
  let from = 0;
  while (from < bytes.length) {
    const found = bytes.indexOf(lineFeed, from);
    from = found === -1 ? bytes.length : found + 1;
    ends.push(from);
  }
  return Float64Array.from(ends);
}
