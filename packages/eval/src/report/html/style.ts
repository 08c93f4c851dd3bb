/** Colours of light pages and dark ones have a contrast of 4.5 and more for text, of 3 and more for what is drawn. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --raised: #f5f7f9;
  --ink: #1b2129;
  --soft: #59636f;
  --line: #dde2e7;
  --grid: #e6eaee;
  --fill: #3f7fb5;
  --mark: #b4540a;
  --above: #1a6f3c;
  --below: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181d;
    --raised: #1d2127;
    --ink: #e8ebef;
    --soft: #a0a9b4;
    --line: #333a43;
    --grid: #2a3038;
    --fill: #5b9bd1;
    --mark: #f0a35e;
    --above: #6fcf97;
    --below: #f28b82;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 48px; }
footer { padding-top: 8px; padding-bottom: 48px; color: var(--soft); font-size: 13px; }
.kicker { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: 0.02em; }
h1 { margin: 2px 0 16px; font-size: 30px; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 20px; line-height: 1.3; font-weight: 650; }
section { margin-top: 48px; }
.lead { margin: 0 0 16px; max-width: 74ch; color: var(--soft); font-size: 14px; }
.warning { margin: 0 0 16px; padding: 10px 14px; border-left: 3px solid var(--mark); background: var(--raised); }
dl { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 0; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { position: relative; overflow-x: auto; margin-bottom: 28px; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--fill); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 6px; text-align: left; font-weight: 650; }
th, td { padding: 6px 10px; text-align: left; vertical-align: top; font-weight: 400; }
th:first-child, .candidates td { padding-left: 0; }
tr > :last-child { padding-right: 0; }
th:first-child { width: 22%; min-width: 130px; }
.card th:first-child, .languages th:first-child { width: 10%; min-width: 90px; }
thead th { border-bottom: 1px solid var(--line); color: var(--soft); font-size: 12px; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 550; }
tbody { border-bottom: 1px solid var(--line); }
tfoot th { white-space: nowrap; }
tfoot th, tfoot td { padding-top: 10px; font-weight: 650; }
.number { width: 1%; text-align: right; white-space: nowrap; }
.number b { font-weight: 650; }
.stderr, .count, .other, .under span, .candidates span { color: var(--soft); font-weight: 400; font-size: 13px; }
.none { color: var(--soft); }
.above { color: var(--above); }
.below { color: var(--below); }
.chart { min-width: 200px; }
.chart .bar { margin: 3px 0; }
.metric { width: 1%; white-space: nowrap; }
.bar {
  position: relative; height: 16px; forced-color-adjust: none;
  background: repeating-linear-gradient(to right, var(--line) 0 1px, transparent 1px 25%);
  border-right: 1px solid var(--line);
}
.bar .fill { position: absolute; left: 0; top: 2px; bottom: 2px; background: var(--fill); border-radius: 0 2px 2px 0; }
.bar .error { position: absolute; top: 4px; bottom: 4px; border: solid var(--ink); border-width: 0 1.5px; }
.bar .error::after { content: ""; position: absolute; left: 0; right: 0; top: 50%; border-top: 1.5px solid var(--ink); translate: 0 -50%; }
.mark { position: absolute; top: -2px; bottom: -2px; width: 3px; margin-left: -1.5px; background: var(--mark); outline: 1px solid var(--paper); }
.mark.key { position: static; display: inline-block; height: 13px; margin: 0 2px; vertical-align: -2px; forced-color-adjust: none; }
.scale { position: relative; height: 16px; }
.scale span { position: absolute; translate: -50% 0; }
.scale span:first-child { translate: 0 0; }
.scale span:last-child { translate: -100% 0; }
.under { font-size: 13px; }
.candidates td { padding-top: 0; }
.candidates ul { position: sticky; left: 0; max-width: calc(100vw - 48px); margin: 0; padding: 0; list-style: none; font-size: 13px; color: var(--soft); }
.candidates .chosen { color: var(--ink); }
.candidates b { font-weight: 600; }
code { font: 12px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--soft); overflow-wrap: anywhere; }
tbody th .count { display: block; white-space: nowrap; }
.made td { padding-top: 0; padding-left: 0; }
.protocols th { font-weight: 500; }
.protocols td:nth-child(2) { min-width: 260px; }
details { margin: 12px 0 28px; }
.scroll + details { margin-top: -12px; }
summary { padding: 4px 0; color: var(--soft); cursor: pointer; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 24px; }
figure { margin: 0; }
figure svg { display: block; width: 100%; max-width: 240px; overflow: visible; }
figcaption { padding-left: 26px; font-size: 13px; line-height: 1.4; overflow-wrap: anywhere; }
svg text { fill: var(--soft); font: 10px system-ui, sans-serif; }
svg .left { text-anchor: end; }
svg .below { text-anchor: middle; }
svg path { fill: none; stroke: var(--line); }
svg .grid { stroke: var(--grid); }
svg .ideal { stroke: var(--soft); stroke-dasharray: 3 3; }
svg .error { stroke: var(--fill); stroke-width: 1.5; }
svg .dot { fill: var(--fill); fill-opacity: 0.75; stroke: var(--paper); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 640px) {
  header, main, footer { padding-left: 16px; padding-right: 16px; }
  .chart { min-width: 96px; }
  .candidates ul { max-width: calc(100vw - 32px); }
  .scale span:nth-child(even) { display: none; }
}
@media print {
  * { print-color-adjust: exact; }
  .scroll { overflow: visible; }
}
`;
