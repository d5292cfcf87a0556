import type { MetricRecord } from "../runs/metrics-file.ts";

/**
 * The numbers of a run as TensorBoard reads them: a file of framed records (length, checksum of the
 * length, protocol buffer `Event`, checksum of that), one scalar each.
 */
export function eventFile(records: readonly MetricRecord[], begun: Date): Uint8Array {
  const start = begun.getTime() / 1000;
  const parts = [frame(event(start, 0, [field(3, text("brain.Event:2"))]))];
  let now = start;
  for (const record of records as readonly (MetricRecord & Readonly<Record<string, unknown>>)[]) {
    const { event: kind, step, name, value, seconds } = record;
    if (typeof seconds === "number") now = start + seconds;
    const scalars =
      kind === "measure"
        ? [[String(name), value]]
        : ["loss", "learning_rate", "gradient_norm", "tokens_per_second"].map((tag) => [
            tag,
            record[tag],
          ]);
    for (const [tag, scalar] of scalars) {
      if (typeof scalar !== "number") continue;
      const tagged = join([field(1, text(String(tag))), float(2, scalar)]);
      parts.push(frame(event(now, step, [field(5, field(1, tagged))])));
    }
  }
  return join(parts);
}

/** Event { double wall_time = 1; int64 step = 2; file_version = 3 or summary = 5 }. */
function event(wallTime: number, step: number, content: readonly Uint8Array[]): Uint8Array {
  return join([double(1, wallTime), Uint8Array.of(0x10), varint(step), ...content]);
}

function frame(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return join([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

function field(number: number, content: Uint8Array): Uint8Array {
  return join([Uint8Array.of((number << 3) | 2), varint(content.length), content]);
}

function double(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (number << 3) | 1;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

function float(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = (number << 3) | 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  return Uint8Array.of(...bytes, left);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

/** CRC-32C (Castagnoli), rotated and shifted as the framing asks for. */
function maskedChecksum(bytes: Uint8Array): Uint8Array {
  let state = 0xffffffff;
  for (const byte of bytes) state = (table[(state ^ byte) & 0xff] ?? 0) ^ (state >>> 8);
  const checksum = ~state >>> 0;
  const masked = (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
  const result = new Uint8Array(4);
  new DataView(result.buffer).setUint32(0, masked, true);
  return result;
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
