import { join } from "node:path";
import type { PortElement } from "../../program/executable.ts";
import type { Values } from "../device/device.ts";
import type { Disk } from "../host/disk.ts";
import type { Written } from "../runs/replace-file.ts";
import { replaceFile, replaceJson } from "../runs/replace-file.ts";
import type { TensorFile, TensorToWrite } from "./safetensors.ts";
import {
  encodeTensors,
  openTensors,
  readTensor,
  refuseFile,
  refuseMissing,
  tensorBytes,
} from "./safetensors.ts";

const single = "model.safetensors";
const index = "model.safetensors.index.json";

/** Programs that load such folders expect no file larger than this. */
const shardBytes = 5_000_000_000;

/** Tensors of a folder by name, wherever they are. */
export interface TensorFolder {
  readonly names: readonly string[];
  read(name: string, element: PortElement, shape: readonly number[]): Promise<Values>;
}

/**
 * Writes the tensors as `model.safetensors`, or past the limit as numbered files with an index.
 * Gives what was written, by name.
 */
export async function writeTensorFolder(
  disk: Disk,
  folder: string,
  tensors: readonly TensorToWrite[],
  limit: number = shardBytes,
): Promise<Readonly<Record<string, Written>>> {
  const metadata = { format: "pt" };
  const shards = divide(tensors, limit);
  const written: Record<string, Written> = {};
  if (shards.length === 1) {
    written[single] = await replaceFile(
      disk,
      join(folder, single),
      encodeTensors(tensors, metadata),
    );
    await disk.remove(join(folder, index));
    return written;
  }
  const number = (value: number): string => String(value).padStart(5, "0");
  const files: Record<string, string> = {};
  for (const [place, shard] of shards.entries()) {
    const name = `model-${number(place + 1)}-of-${number(shards.length)}.safetensors`;
    written[name] = await replaceFile(disk, join(folder, name), encodeTensors(shard, metadata));
    for (const tensor of shard) files[tensor.name] = name;
  }
  const total = tensors.reduce((sum, { shape }) => sum + tensorBytes(shape), 0);
  written[index] = await replaceJson(disk, join(folder, index), {
    metadata: { total_size: total },
    weight_map: files,
  });
  await disk.remove(join(folder, single));
  return written;
}

/** Opens what `writeTensorFolder` wrote. */
export async function openTensorFolder(disk: Disk, folder: string): Promise<TensorFolder> {
  const text = await disk.read(join(folder, index));
  if (text === undefined) {
    const file = await openTensors(disk, join(folder, single));
    return {
      names: [...file.tensors.keys()],
      read: (name, element, shape) => readTensor(disk, file, name, element, shape),
    };
  }
  const map = weightMap(text);
  if (map === undefined) return refuseFile(join(folder, index), "its index has no `weight_map`");
  const files = new Map<string, TensorFile>();
  for (const name of new Set(map.values())) {
    files.set(name, await openTensors(disk, join(folder, name)));
  }
  return {
    names: [...map.keys()],
    read(name, element, shape) {
      const file = files.get(map.get(name) ?? "");
      if (file === undefined) return refuseMissing(join(folder, index), name, [...map.keys()]);
      return readTensor(disk, file, name, element, shape);
    },
  };
}

function divide(
  tensors: readonly TensorToWrite[],
  limit: number,
): readonly (readonly TensorToWrite[])[] {
  const shards: TensorToWrite[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const size = tensorBytes(tensor.shape);
    if (bytes > 0 && bytes + size > limit) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push(tensor);
    bytes += size;
  }
  return shards;
}

/** Tensor name → file; a file is a plain name, so that no index leads out of its folder. */
function weightMap(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    const map = (value as { readonly weight_map?: unknown } | null)?.weight_map;
    if (typeof map !== "object" || map === null) return undefined;
    const entries = Object.entries(map as Readonly<Record<string, unknown>>);
    const valid = entries.every(
      ([, file]) => typeof file === "string" && /^[\w.-]+\.safetensors$/.test(file),
    );
    return valid ? new Map(entries.map(([name, file]) => [name, String(file)])) : undefined;
  } catch {
    return undefined;
  }
}
