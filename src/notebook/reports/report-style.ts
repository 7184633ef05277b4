/** The style of every report: one column, readable on a phone, light and dark by the system's wish, printable. */
export const reportStyle = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1c2430; --quiet: #5a6675; --line: #dde3ea; --panel: #f5f7fa;
  --accent: #1f5fbf; --caution: #8a4b00; --caution-panel: #fff1dc; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --text: #e6eaf0; --quiet: #9aa7b6; --line: #2c3540;
  --panel: #1a2028; --accent: #7fb0ff; --caution: #ffc885; --caution-panel: #3a2a12; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); overflow-wrap: break-word;
  font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding-top: 1rem; color: var(--quiet); }
header .where { flex: 1 1 auto; }
footer { display: flex; justify-content: space-between; gap: 1rem; padding-top: 1.5rem; padding-bottom: 3rem;
  border-top: 1px solid var(--line); margin-top: 3rem; }
a { color: var(--accent); }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 1.2rem 0 .8rem; }
h2 { margin-top: 2.2rem; }
h1, h2, h3 { text-wrap: balance; }
.anchor-link { display: none; }
img, svg, video { max-width: 100%; height: auto; }
audio { max-width: 100%; }
pre { overflow-x: auto; margin: 0; font: 13.5px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .88em; }
div.highlight, .output_area pre { background: var(--panel); border-radius: 6px; }
.highlight pre, .output_area pre { padding: .7rem .9rem; }
.input { margin: 1rem 0 .4rem; }
.output_area { margin: .4rem 0; overflow-x: auto; }
.output_stderr pre { border-left: 3px solid var(--caution); }
table { border-collapse: collapse; font-size: .9rem; display: block; overflow-x: auto; max-width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; }
th:not([align]), td:not([align]) { text-align: right; }
td { min-width: 4.5rem; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
figure.chart { margin: 1rem 0; }
figure.chart .static { background: #fff; border-radius: 6px; text-align: center; }
[hidden] { display: none !important; }
.badge { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .7rem; font-size: .85rem; }
.badge.caution { background: var(--caution-panel); color: var(--caution); border-color: transparent; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1.2rem; padding: 0;
  list-style: none; }
.cards a { display: flex; flex-direction: column; height: 100%; border: 1px solid var(--line); border-radius: 10px;
  overflow: hidden; color: inherit; text-decoration: none; }
.cards a:hover, .cards a:focus-visible { border-color: var(--accent); }
.cards .picture { aspect-ratio: 16 / 9; background: #fff; display: flex; align-items: center; justify-content: center; }
.cards .picture.none { background: var(--panel); color: var(--quiet); }
.cards img { width: 100%; height: 100%; object-fit: contain; }
.cards .text { padding: .8rem 1rem 1rem; }
.cards h2 { font-size: 1.1rem; margin: 0 0 .3rem; }
.cards p { margin: 0 0 .6rem; color: var(--quiet); font-size: .93rem; }
@media print { header a, footer { display: none; } }
`;
