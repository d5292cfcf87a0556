import fc from "fast-check";
import { expect, test } from "vitest";
import { outcome } from "../../runtime/refusal.ts";
import type { TensorToWrite } from "../../runtime/weights/safetensors.ts";
import { openTensors, readTensor } from "../../runtime/weights/safetensors.ts";
import { openTensorFolder, writeTensorFolder } from "../../runtime/weights/shards.ts";
import { memoryDisk } from "./memory-disk.ts";

const path = "folder/model.safetensors";

function tensor(name: string, shape: readonly number[], from: number): TensorToWrite {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return {
    name,
    shape,
    element: "f32",
    read: async () => Float32Array.from({ length: size }, (_, index) => from + index / 3),
  };
}

const three = [tensor("a", [2, 3], 1), tensor("b", [], -4), tensor("ü.weight", [0, 5], 0)];

/** A file as the format's description says, written without the code under test. */
function fileOf(header: unknown, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return Buffer.concat([length, text, data]);
}

test.each([5_000, 24, 4])("tensors come back from files of at most %i bytes", async (limit) => {
  const disk = memoryDisk();
  const written = await writeTensorFolder(disk, "folder", three, limit);
  const folder = await openTensorFolder(disk, "folder");
  for (const { name, shape, read } of three) {
    expect(await folder.read(name, "f32", shape)).toEqual(await read());
  }
  expect(Object.keys(written).sort()).toEqual(
    [...disk.files.keys()].map((file) => file.slice(7)).sort(),
  );
});

test("an index that leads out of its folder is refused", async () => {
  const disk = memoryDisk();
  const index = { weight_map: { a: "../secret.safetensors" } };
  disk.files.set(`${path}.index.json`, new TextEncoder().encode(JSON.stringify(index)));
  expect(await outcome(() => openTensorFolder(disk, "folder"))).toMatchObject({
    ok: false,
    diagnostics: [{ code: "LV1009", message: expect.stringContaining("no `weight_map`") }],
  });
});

const f32 = (shape: readonly number[], from: number, to: number): object => ({
  dtype: "F32",
  shape,
  data_offsets: [from, to],
});

const damages: readonly (readonly [string, Uint8Array, string])[] = [
  ["no bytes", new Uint8Array(), "it has only 0 bytes"],
  [
    "no header",
    Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 1),
    "its header would have 9 bytes, the file has 9",
  ],
  [
    "a huge header",
    new Uint8Array(16).fill(255),
    "its header would have 18446744073709551615 bytes, the file has 16",
  ],
  ["no JSON", fileOf("{", new Uint8Array()), "its header is not a JSON object"],
  ["a list", fileOf("[]", new Uint8Array()), "its header is not a JSON object"],
  ["a bad entry", fileOf({ a: 1 }, new Uint8Array()), "the entry `a` is no object"],
  [
    "bad metadata",
    fileOf({ __metadata__: { step: 1 } }, new Uint8Array()),
    "its metadata `step` is no text",
  ],
  [
    "an unknown format",
    fileOf({ a: { dtype: "Q4", shape: [], data_offsets: [0, 4] } }, new Uint8Array(4)),
    'the tensor `a` has the unknown number format "Q4"',
  ],
  [
    "a format of the language",
    fileOf({ a: { dtype: "constructor", shape: [], data_offsets: [0, 4] } }, new Uint8Array(4)),
    'the tensor `a` has the unknown number format "constructor"',
  ],
  [
    "a negative size",
    fileOf({ a: f32([-1], 0, 4) }, new Uint8Array(4)),
    "the tensor `a` has no shape",
  ],
  [
    "no offsets",
    fileOf({ a: { dtype: "F32", shape: [] } }, new Uint8Array(4)),
    "the tensor `a` has no place in the file",
  ],
  [
    "another length",
    fileOf({ a: f32([2], 0, 4) }, new Uint8Array(4)),
    "the tensor `a` has a place for 4 bytes where its shape needs 8",
  ],
  [
    "a product past 2^53",
    fileOf({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, new Uint8Array(4)),
    `the tensor \`a\` has a place for 4 bytes where its shape needs ${2 ** 82}`,
  ],
  [
    "an overlap",
    fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, new Uint8Array(8)),
    "the tensor `b` overlaps another",
  ],
  [
    "a hole",
    fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, new Uint8Array(12)),
    "4 bytes before `b` belong to no tensor",
  ],
  [
    "too few bytes",
    fileOf({ a: f32([4], 0, 16) }, new Uint8Array(15)),
    "it ends 1 bytes before its tensors do",
  ],
  [
    "too many bytes",
    fileOf({ a: f32([4], 0, 16) }, new Uint8Array(18)),
    "2 bytes at its end belong to no tensor",
  ],
];

test.each(damages)("a file with %s is refused", async (_, bytes, problem) => {
  const disk = memoryDisk(new Map([[path, bytes]]));
  expect(await outcome(() => openTensors(disk, path))).toMatchObject({
    ok: false,
    diagnostics: [
      { code: "LV1009", message: `expected a safetensors file: ${problem}`, place: { file: path } },
    ],
  });
});

test("another tensor than the one that is expected is refused", async () => {
  const disk = memoryDisk();
  await writeTensorFolder(disk, "folder", [tensor("model.a", [2, 3], 0)]);
  const file = await openTensors(disk, path);
  expect(await outcome(() => readTensor(disk, file, "model.a", "f32", [3, 2]))).toMatchObject({
    diagnostics: [
      { code: "LV1011", message: "expected `model.a` to be F32 [3, 2], found F32 [2, 3]" },
    ],
  });
  expect(await outcome(() => readTensor(disk, file, "head.a", "f32", [2, 3]))).toMatchObject({
    diagnostics: [{ code: "LV1010", help: "it has `model.a`" }],
  });
});

test("whatever happens to the bytes, they are read whole or refused", async () => {
  const disk = memoryDisk();
  await writeTensorFolder(disk, "folder", three);
  const good = disk.files.get(path) ?? new Uint8Array();
  const change = fc.record({
    place: fc.nat(good.length - 1),
    byte: fc.nat(255),
    cut: fc.nat(12),
    insert: fc.uint8Array({ maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      let bytes: Uint8Array = Uint8Array.from(good);
      for (const { place, byte, cut, insert } of changes) {
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          Uint8Array.of(byte),
          insert,
          bytes.subarray(place + 1 + cut),
        ]);
      }
      const damaged = memoryDisk(new Map([[path, bytes]]));
      const opened = await outcome(() => openTensors(damaged, path));
      if (!opened.ok) return;
      const total = [...opened.value.tensors.values()].reduce((sum, entry) => sum + entry.bytes, 0);
      expect(total).toBeLessThanOrEqual(bytes.length);
      for (const [name, entry] of opened.value.tensors) {
        if (entry.format !== "F32") continue;
        const read = await outcome(() =>
          readTensor(damaged, opened.value, name, "f32", entry.shape),
        );
        expect(read.ok && read.value.byteLength).toBe(entry.bytes);
      }
    }),
    { numRuns: 3000 },
  );
});
