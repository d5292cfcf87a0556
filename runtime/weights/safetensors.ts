import {
  damagedTensors,
  missingTensor,
  otherShape,
} from "../../program/diagnostics/catalogue/files.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { PortElement } from "../../program/executable.ts";
import type { Values } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import { refuse } from "../refusal.ts";
import { withFiles } from "../runs/file-failure.ts";

/** Bytes of an entry, for every number format that the format of the file knows. */
const entryBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

const formats = { f32: "F32", i32: "I32" } as const satisfies Record<PortElement, string>;

/** The limit that the format itself sets. */
const largestHeader = 100_000_000;

export interface TensorEntry {
  readonly format: string;
  readonly shape: readonly number[];
  /** Bytes from the beginning of the file. */
  readonly from: number;
  readonly bytes: number;
}

export interface TensorFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor that is about to be written; its values are asked for when its turn comes. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: PortElement;
  read(): Promise<Values>;
}

/** The bytes of a file that holds the tensors in the given order, header first. */
export async function* encodeTensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, shape, element } of tensors) {
    const begin = end;
    end += tensorBytes(shape);
    header[name] = { dtype: formats[element], shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header let the tensors begin at a multiple of 8 bytes.
  const padded = new Uint8Array(8 * Math.ceil(text.length / 8)).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  yield length;
  yield padded;
  for (const tensor of tensors) {
    const values = await tensor.read();
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

export function tensorBytes(shape: readonly number[]): number {
  return 4 * shape.reduce((product, size) => product * size, 1);
}

/** Reads and verifies the header: every byte after it belongs to exactly one tensor. */
export function openTensors(disk: Disk, path: string): Promise<TensorFile> {
  return withFiles("read its header", path, async () => {
    const size = await disk.size(path);
    if (size === undefined) return refuseFile(path, "there is no such file");
    if (size < 8) return refuseFile(path, `it has only ${size} bytes`);
    const first = await disk.readRange(path, 0, 8);
    const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
    if (length > BigInt(Math.min(largestHeader, size - 8))) {
      return refuseFile(path, `its header would have ${length} bytes, the file has ${size}`);
    }
    const header = await disk.readRange(path, 8, Number(length));
    return readHeader(path, header, size);
  });
}

function readHeader(path: string, bytes: Uint8Array, size: number): TensorFile {
  const header = parseObject(bytes);
  if (header === undefined) return refuseFile(path, "its header is not a JSON object");
  const start = 8 + bytes.length;
  const tensors = new Map<string, TensorEntry>();
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (!isObject(value)) return refuseFile(path, `the entry \`${name}\` is no object`);
    if (name === "__metadata__") {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string") return refuseFile(path, `its metadata \`${key}\` is no text`);
        metadata[key] = text;
      }
      continue;
    }
    const entry = readEntry(value, start);
    if (typeof entry === "string") return refuseFile(path, `the tensor \`${name}\` ${entry}`);
    tensors.set(name, entry);
  }
  let end = start;
  for (const [name, { from, bytes: length }] of [...tensors].sort(
    ([, a], [, b]) => a.from - b.from || a.bytes - b.bytes,
  )) {
    if (from < end) return refuseFile(path, `the tensor \`${name}\` overlaps another`);
    if (from > end)
      return refuseFile(path, `${from - end} bytes before \`${name}\` belong to no tensor`);
    end = from + length;
  }
  if (end > size) return refuseFile(path, `it ends ${end - size} bytes before its tensors do`);
  if (end < size) return refuseFile(path, `${size - end} bytes at its end belong to no tensor`);
  return { path, tensors, metadata };
}

/** The entry, or what is wrong with it. */
function readEntry(value: Readonly<Record<string, unknown>>, start: number): TensorEntry | string {
  const { dtype, shape, data_offsets: offsets } = value;
  const width =
    typeof dtype === "string" && Object.hasOwn(entryBytes, dtype) ? entryBytes[dtype] : undefined;
  if (typeof dtype !== "string" || width === undefined) {
    return `has the unknown number format ${JSON.stringify(dtype)}`;
  }
  if (!isSizes(shape)) return "has no shape";
  if (!isSizes(offsets) || offsets.length !== 2) return "has no place in the file";
  const [begin = 0, end = 0] = offsets;
  const expected = shape.reduce((product, extent) => product * extent, width);
  if (!Number.isSafeInteger(expected) || end - begin !== expected) {
    return `has a place for ${end - begin} bytes where its shape needs ${expected}`;
  }
  return { format: dtype, shape, from: start + begin, bytes: end - begin };
}

/** The values of a tensor that must have this element and shape. */
export async function readTensor(
  disk: Disk,
  file: TensorFile,
  name: string,
  element: PortElement,
  shape: readonly number[],
): Promise<Values> {
  const entry = file.tensors.get(name);
  if (entry === undefined) return refuseMissing(file.path, name, [...file.tensors.keys()]);
  const [expected, found] = [
    `${formats[element]} [${shape.join(", ")}]`,
    `${entry.format} [${entry.shape.join(", ")}]`,
  ];
  if (expected !== found) {
    return refuse(diagnose(otherShape, { file: file.path }, { name, expected, found }));
  }
  const bytes = await withFiles(`read ${name}`, file.path, () =>
    disk.readRange(file.path, entry.from, entry.bytes),
  );
  if (bytes.length < entry.bytes) return refuseFile(file.path, `it ends within \`${name}\``);
  const values =
    element === "f32" ? new Float32Array(entry.bytes / 4) : new Int32Array(entry.bytes / 4);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}

export function refuseMissing(path: string, name: string, names: readonly string[]): never {
  const last = name.split(".").at(-1) ?? name;
  const nearest = names.find((other) => other.endsWith(`.${last}`));
  return refuse(diagnose(missingTensor, { file: path }, { name, nearest }));
}

export function refuseFile(path: string, problem: string): never {
  return refuse(diagnose(damagedTensors, { file: path }, { problem }));
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0)
  );
}
