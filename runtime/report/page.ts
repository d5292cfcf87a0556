import type { Manifest } from "../runs/manifest.ts";
import type { MetricRecord } from "../runs/metrics-file.ts";
import { drawCharts } from "./draw-charts.ts";
import type { Chart, Sample } from "./series.ts";
import { charts, samples } from "./series.ts";
import { pageStyle } from "./style.ts";

/** The chart library, as text. */
export interface ChartLibrary {
  readonly script: string;
  readonly style: string;
}

/** The report of a run as one page: curves, samples, settings, and what decided the result. */
export function reportPage(
  manifest: Manifest,
  records: readonly MetricRecord[],
  library: ChartLibrary,
): string {
  const drawn = charts(records);
  const told = samples(records);
  const title = `${manifest.recipe.entry}: ${manifest.stage}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${library.style}${pageStyle}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="under">${escapeHtml(underTitle(manifest))}</p>
<dl class="facts">${facts(manifest, drawn)}</dl>
<h2>Curves</h2>
<div id="plots"></div>
<h2>Samples</h2>
${sampleTexts(told)}
<h2>Settings</h2>
${table(manifest.settings)}
<h2>What decided the result</h2>
${table({ key: manifest.key, ...manifest.decides, ...manifest.inputs })}
<script type="application/json" id="charts">${embedded(drawn)}</script>
<script>${library.script}</script>
<script>${drawCharts}</script>
</body>
</html>
`;
}

function underTitle({ begun, ended, device, finished }: Manifest): string {
  const until = finished && ended !== undefined ? `ended ${shortTime(ended)}` : "not finished";
  return `begun ${shortTime(begun)}, ${until}, on ${device}`;
}

function shortTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** The numbers that one looks for first. */
function facts({ data, settings }: Manifest, drawn: readonly Chart[]): string {
  const last = drawn
    .filter(({ title }) => title !== "Norm of the gradient")
    .flatMap(({ lines }) => lines)
    .map(({ name, values }) => [name, values.findLast((value) => value !== null)] as const);
  const shown: readonly (readonly [string, unknown])[] = [
    ...last,
    ["parameters", settings["parameters"]],
    ["training tokens", data?.tokens],
    ["steps done", drawn.find(({ title }) => title === "Loss")?.steps.at(-1)],
  ];
  return shown
    .filter(([, value]) => typeof value === "number")
    .map(
      ([name, value]) =>
        `<div><dt>${escapeHtml(name.replaceAll("_", " "))}</dt><dd>${escapeHtml(number(Number(value)))}</dd></div>`,
    )
    .join("");
}

function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return String(Number(value.toPrecision(4)));
}

/** The last sample of each prompt in full, earlier ones folded away. */
function sampleTexts(told: readonly Sample[]): string {
  if (told.length === 0) return "<p>None were asked for.</p>";
  const text = ({ step, prompt, text: continuation }: Sample): string =>
    `<h3>Step ${step}</h3><pre><b>${escapeHtml(prompt)}</b>${escapeHtml(continuation)}</pre>`;
  const lastStep = told.at(-1)?.step;
  const last = told.filter(({ step }) => step === lastStep);
  const earlier = told.filter(({ step }) => step !== lastStep).reverse();
  const folded = `<details><summary>${earlier.length} earlier samples</summary>${earlier.map(text).join("")}</details>`;
  return `${last.map(text).join("")}${earlier.length === 0 ? "" : folded}`;
}

function table(values: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(values).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(plain(value))}</td></tr>`,
  );
  return `<table class="plain">${rows.join("")}</table>`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** JSON that cannot end the script element it stands in. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
