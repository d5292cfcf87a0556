import { leaks } from "../../program/diagnostics/catalogue/budget.ts";
import { diagnose } from "../../program/diagnostics/define.ts";
import type { Diagnostic, Place } from "../../program/diagnostics/diagnostic.ts";
import type { Finding } from "../graph/index.ts";
import type { Origin } from "../graph/step.ts";
import type { World } from "./world.ts";

type Words = Readonly<Record<Finding["reason"], string>>;

const words: Words = {
  "reads-what-is-learnt":
    "it reads `tokens.weight`, which says what is to be learnt and is not there when sampling",
  "not-masked": "later entries are not masked away before it",
  "reduces-time": "it takes all times together",
  "reorders-time": "it moves entries along time",
  "shifts-from-later": "it brings entries from later to earlier",
  "moves-along-a-copy": "it moves entries along a copy of time",
  "copies-a-copy": "it renames what has a copy of time already",
  "renames-time": "time becomes a dimension that is no copy of it",
  "reads-size-of-time":
    "it depends on how many tokens the row has, which is not known when sampling",
  "mixes-batch": "it takes several rows together",
  "random-along-time": "its random numbers are keyed by the place in the row",
  "constant-along-time": "it has numbers for one length of rows only",
  "keeps-a-copy": "the result still has a copy of time",
  "mask-lacks-segment": "the mask lets other segments through",
  "shift-crosses-segment": "it shifts across the border of a segment",
  "running-sum-crosses-segment": "it adds across the border of a segment",
};

const masked =
  "`mask(index(source) <= index(time))` before `softmax(over: source)`, then `dot(…, over: source)`";

const forms: Readonly<Record<Finding["property"], readonly string[]>> = {
  causal: [masked, "`shift(x, time: n)` with n >= 0", "`cumulative(x, over: time)`"],
  separate: [
    "`mask(index(source) <= index(time) and tokens.segment == rename(tokens.segment, time: source))`",
  ],
};

/** Leaks as diagnostics at the operations that made them; `asked` is what needs there to be none. */
export function leakDiagnostics(
  world: World,
  findings: readonly Finding[],
  asked: Place,
): readonly Diagnostic[] {
  return findings.map((finding) => {
    const origin = innermost(finding.origins);
    const place: Place =
      origin === undefined
        ? asked
        : { file: origin.file, range: { start: origin.start, end: origin.end } };
    const operation = sourceOf(world, origin) ?? finding.node.operation;
    const facts = { reason: reasonOf(finding), operation, forms: forms[finding.property] };
    return diagnose(leaks, place, facts, {
      related: [{ place: asked, message: "sampled here" }],
    });
  });
}

function reasonOf(finding: Finding): string {
  const axis = finding.axis === undefined ? "" : ` (\`${finding.axis.name}\`)`;
  if (finding.needed === undefined) return `${words[finding.reason]}${axis}`;
  const found =
    finding.found === undefined ? "they are not one number" : `they are ${finding.found}`;
  return `${words[finding.reason]}${axis}: they must be ${finding.needed}, ${found}`;
}

/** The shortest range: what was written, rather than what it is part of. */
function innermost(origins: readonly Origin[]): Origin | undefined {
  return origins.reduce<Origin | undefined>(
    (best, origin) =>
      best === undefined || origin.end - origin.start < best.end - best.start ? origin : best,
    undefined,
  );
}

function sourceOf(world: World, origin: Origin | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const text = world.program.modules.get(origin.file)?.tree.text.slice(origin.start, origin.end);
  return text?.replace(/\s+/g, " ");
}
