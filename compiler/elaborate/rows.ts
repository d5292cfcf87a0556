import type { FunctionItem } from "../../grammar/tree.ts";
import type { Call } from "./bind-parameters.ts";
import { callSource, callTokenizer } from "./data.ts";
import { callMetric } from "./metrics.ts";
import { callOperation } from "./operations/table.ts";
import type { Scope } from "./scope.ts";
import { exportStage } from "./stages/export.ts";
import { trainStage } from "./stages/train.ts";
import { UNKNOWN, type Value } from "./value.ts";
import { refuse, type World } from "./world.ts";

/** A call of a function that is implemented outside the language: `= operation "exp"`. */
export interface RowCall extends Call {
  readonly item: FunctionItem;
  /** Holds the parameters. */
  readonly inner: Scope;
}

type StageRow = (world: World, call: RowCall) => Value;

const stages: Readonly<Record<string, StageRow>> = { train: trainStage, export: exportStage };

export function callRow(world: World, table: string, row: string, call: RowCall): Value {
  switch (table) {
    case "operation":
      return callOperation(world, row, call);
    case "source":
      return callSource(world, row, call);
    case "tokenizer":
      return callTokenizer(world, row, call);
    case "metric":
      return callMetric(world, row, call);
    case "initialiser":
      return {
        kind: "initialiser",
        row,
        settings: new Map(
          [...call.values].flatMap(([name, value]) =>
            value.kind === "number" ? [[name, value.value] as const] : [],
          ),
        ),
      };
    case "stage":
      return stages[row]?.(world, call) ?? UNKNOWN;
    case "contract": {
      const [subject = UNKNOWN] = [...call.values.values()];
      return { kind: "contract", row, subject, given: call.values };
    }
    default:
      return refuse(world, call.site, "a row of a table", { kind: "none" });
  }
}
