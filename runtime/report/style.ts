/** The look of the page, on paper, on light and on dark screens. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #fbfaf7; --box: #ffffff; --text: #24221e; --faint: #77726a; --line: #e6e2da;
  --chart0: #b4541a; --chart1: #27698c; --chart2: #5f7a2b; --chart3: #7d4a86; }
@media (prefers-color-scheme: dark) { :root { --page: #191816; --box: #22211e; --text: #e9e5dd; --faint: #9c968b; --line: #37352f;
  --chart0: #ee9257; --chart1: #74b7da; --chart2: #aecb72; --chart3: #cd9ad6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 2.5rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { margin: 0; font-size: 1.7rem; font-weight: 650; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; font-weight: 650; }
h3 { margin: 0 0 .5rem; font-size: .95rem; font-weight: 600; }
p.under { margin: .25rem 0 1.5rem; color: var(--faint); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .75rem; margin: 0; }
dl.facts div, #plots section { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
dl.facts dt { color: var(--faint); font-size: .82rem; overflow-wrap: anywhere; }
dl.facts dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
#plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 1rem; }
#plots section { min-width: 0; overflow: hidden; }
.u-legend { color: var(--text); font-size: .82rem; text-align: left; }
.u-legend th { font-weight: 500; color: var(--faint); }
.u-legend td { min-width: 3.5rem; font-variant-numeric: tabular-nums; }
.u-title { display: none; }
pre { margin: .4rem 0 1rem; padding: .8rem 1rem; background: var(--box); border: 1px solid var(--line); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, "SF Mono", Consolas, monospace; }
pre b { color: var(--chart0); font-weight: 600; }
summary { cursor: pointer; color: var(--faint); }
table.plain { width: 100%; border-collapse: collapse; font-size: .9rem; }
.plain th, .plain td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.plain th { width: 32%; color: var(--faint); font-weight: 500; }
`;
