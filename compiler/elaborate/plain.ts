import type { PlainValue } from "../../program/pipeline.ts";
import type { Value } from "./value.ts";

/** A value without tensors, models and functions as plain data; undefined for those. */
export function plainValue(value: Value): PlainValue | undefined {
  switch (value.kind) {
    case "number":
    case "text":
    case "boolean":
      return value.value;
    case "none":
      return null;
    case "list": {
      const items: PlainValue[] = [];
      for (const item of value.items) {
        const plain = plainValue(item);
        if (plain === undefined) return undefined;
        items.push(plain);
      }
      return items;
    }
    case "record": {
      const fields: Record<string, PlainValue> = {};
      for (const [name, field] of value.fields) {
        const plain = plainValue(field);
        if (plain === undefined) return undefined;
        fields[name] = plain;
      }
      return fields;
    }
    default:
      return undefined;
  }
}
