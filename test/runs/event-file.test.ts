import { expect, test } from "vitest";
import { eventFile } from "../../runtime/report/event-file.ts";

/** What TensorFlow's own writer gives for the version record alone, at time 0. */
test("the first record has the frame and the checksums of the format", () => {
  const file = eventFile([], new Date(0));
  const event = Buffer.concat([
    Buffer.from([0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x00, 0x1a, 0x0d]),
    Buffer.from("brain.Event:2"),
  ]);
  expect(Buffer.from(file.subarray(12, -4))).toEqual(event);
  expect(new DataView(file.buffer).getUint32(0, true)).toBe(event.length);
});

test("each number of a step and of a measure is a record at its time", () => {
  const file = eventFile(
    [
      { event: "step", step: 300, loss: 2.5, seconds: 4 } as { event: string; step: number },
      { event: "measure", step: 300, name: "bits_per_byte", value: 3 } as {
        event: string;
        step: number;
      },
      { event: "sample", step: 300 },
    ],
    new Date(10_000),
  );
  const view = new DataView(file.buffer);
  const records: { time: number; step: number; text: string; value: number }[] = [];
  for (let place = 0; place < file.length; ) {
    const length = view.getUint32(place, true);
    const data = Buffer.from(file.subarray(place + 12, place + 12 + length));
    records.push({
      time: data.readDoubleLE(1),
      step: (data.readUInt8(10) & 0x7f) + 128 * data.readUInt8(11),
      text: /[a-z_]{4,}/.exec(data.toString("latin1"))?.[0] ?? "",
      value: data.readFloatLE(data.length - 4),
    });
    place += 16 + length;
  }
  // The first record is the version.
  expect(records.slice(1)).toEqual([
    { time: 14, step: 300, text: "loss", value: 2.5 },
    { time: 14, step: 300, text: "bits_per_byte", value: 3 },
  ]);
});
