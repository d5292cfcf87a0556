/**
 * The script of the page. It draws every chart with uPlot in the colours of the page, again when the
 * window or the colour scheme changes; moving over one chart moves over all.
 */
export const drawCharts = `
"use strict";
const charts = JSON.parse(document.getElementById("charts").textContent);
const place = document.getElementById("plots");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const shown = (value) => value == null ? "" : String(Number(value.toPrecision(4)));
const together = uPlot.sync("steps");
let drawn = [];
function draw() {
  for (const plot of drawn) plot.destroy();
  place.textContent = "";
  // All boxes first: how wide they are depends on how many there are.
  const boxes = charts.map(({ title }) => {
    const box = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = title;
    box.append(head);
    place.append(box);
    return box;
  });
  drawn = charts.map(({ steps, lines }, chart) => {
    const box = boxes[chart];
    const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    return new uPlot({
      width: box.firstChild.clientWidth,
      height: 240,
      cursor: { sync: { key: together.key } },
      scales: { x: { time: false } },
      axes: [axis, { ...axis, size: 64, values: (_, values) => values.map(shown) }],
      series: [
        { label: "step" },
        ...lines.map(({ name }, index) => ({
          label: name,
          stroke: colour("--chart" + (index % 4)),
          width: index === 0 ? 2 : 1.5,
          dash: index === 0 ? [] : [6, 4],
          spanGaps: true,
          points: { show: steps.length < 40 },
          value: (_, value) => shown(value),
        })),
      ],
    }, [steps, ...lines.map(({ values }) => values)], box);
  });
}
draw();
let waiting;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 100); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
`;
