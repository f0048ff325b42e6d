/** One style sheet for all pages: light and dark by the reader's setting, no scripts, no fonts to load. */
export const style = `
:root {
  --text: #1c2128; --soft: #59636e; --faint: #818b98; --page: #f6f7f9; --card: #ffffff; --line: #d9dee4;
  --accent: #0b62d6; --code: #f1f3f6; --good: #1a7f37; --bad: #cf222e; --busy: #0969da; --waiting: #9a6700;
  --quiet: #6e7781; --merged: #8250df; --added: #e6f7ea; --added-mark: #c2ebcd; --removed: #ffebe9;
  --removed-mark: #ffd3cf; --hunk: #eaf2fd; --bar: #24292f;
  --shadow: 0 1px 2px rgb(27 31 36 / 6%);
}
.gitlab { --bar: #2f2a4a; --accent: #5b4bc4; }
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee; --soft: #a2abb6; --faint: #78818c; --page: #10141a; --card: #171c23; --line: #2c333d;
    --accent: #6cb0ff; --code: #222932; --good: #4cc26a; --bad: #ff7b72; --busy: #6cb0ff; --waiting: #e3b341;
    --quiet: #8b949e; --merged: #b693f8; --added: #12301c; --added-mark: #1c4a2b; --removed: #3a1a1d;
    --removed-mark: #5a2427; --hunk: #16273c; --bar: #0b0e13; --shadow: none;
  }
  .gitlab { --bar: #16132a; --accent: #a79bff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code, .mono { font-size: 0.87em; }
.bar { display: flex; align-items: center; gap: 10px; padding: 12px 24px; background: var(--bar); color: #cfd6de; flex-wrap: wrap; }
.bar a, .bar b { color: #fff; }
.bar .forge { font-weight: 650; letter-spacing: 0.01em; }
.bar .slash { opacity: 0.45; }
.bar nav { display: flex; flex: 1; flex-wrap: wrap; gap: 0 8px; }
.bar .kind { font-size: 12px; padding: 2px 10px; border-radius: 99px; border: 1px solid rgb(255 255 255 / 22%); }
main { max-width: 1180px; margin: 28px auto 72px; padding: 0 24px; }
h1 { font-size: 26px; line-height: 1.25; font-weight: 620; margin: 0 0 10px; overflow-wrap: anywhere; }
h1.mono { font-size: 22px; }
h1 .number { color: var(--faint); font-weight: 400; }
h2 { font-size: 16px; margin: 36px 0 12px; font-weight: 620; }
h2 .count { font-weight: 500; font-size: 12px; margin-left: 6px; padding: 1px 8px; border-radius: 99px; background: var(--line); color: var(--soft); }
h2 .tally { font-weight: 450; margin-left: 6px; color: var(--soft); }
h3 { font-size: 13px; font-weight: 600; margin: 0; color: var(--soft); }
.soft { color: var(--soft); }
.meta { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; color: var(--soft); margin-bottom: 26px; }
.meta b { color: var(--text); font-weight: 600; }
.pill { display: inline-flex; align-items: center; gap: 6px; padding: 3px 12px; border-radius: 99px; color: #fff; font-size: 13px; font-weight: 600; background: var(--quiet); }
@media (prefers-color-scheme: dark) { .pill { color: #0b0e13; } }
.pill.open { background: var(--good); } .pill.merged { background: var(--merged); } .pill.closed { background: var(--bad); }
.branch { padding: 2px 8px; border-radius: 6px; background: var(--code); color: var(--accent); overflow-wrap: anywhere; }
.tag { font-size: 12px; padding: 1px 9px; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); white-space: nowrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); overflow: hidden; }
.card + .card { margin-top: 16px; }
.card > header { display: flex; align-items: center; gap: 10px; padding: 9px 16px; border-bottom: 1px solid var(--line); color: var(--soft); font-size: 14px; }
.card > header b { color: var(--text); font-weight: 600; }
.card > header .right { margin-left: auto; }
.card > .reactions { padding: 0 18px 14px; }
@media (max-width: 560px) {
  main { margin-top: 18px; padding: 0 14px; } h1 { font-size: 22px; }
  .bar { padding: 10px 14px; } .bar .kind, .card > header .login { display: none; }
  .card > header .right { font-size: 13px; white-space: nowrap; }
}
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 24px; align-items: start; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } }
.avatar { display: inline-grid; place-items: center; flex: none; width: 28px; height: 28px; border-radius: 50%; font-size: 11px; font-weight: 650; color: #fff; background: hsl(var(--hue) 45% 46%); }
.text { padding: 14px 18px; overflow-wrap: anywhere; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
.text p { margin: 0 0 12px; } .text p:empty { display: none; }
.text code { background: var(--code); padding: 2px 5px; border-radius: 5px; }
.text pre { background: var(--code); padding: 12px 14px; border-radius: 8px; overflow-x: auto; font-size: 13px; line-height: 1.5; }
.text pre code { background: none; padding: 0; font-size: inherit; }
.text blockquote { margin: 0 0 12px; padding: 0 0 0 14px; border-left: 3px solid var(--line); color: var(--soft); }
.text table { display: block; max-width: 100%; overflow-x: auto; overflow-wrap: break-word; border-collapse: collapse; margin: 0 0 12px; }
.text details { margin: 0 0 12px; } .text summary { cursor: pointer; margin-bottom: 8px; } .text th, .text td { border: 1px solid var(--line); padding: 5px 11px; text-align: left; }
.text hr { border: 0; border-top: 1px solid var(--line); margin: 16px 0; }
.text img { max-width: 100%; } .text h1, .text h2, .text h3 { font-size: 16px; color: var(--text); margin: 18px 0 8px; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows > li { display: flex; gap: 11px; align-items: center; padding: 10px 16px; min-width: 0; }
.rows > li + li { border-top: 1px solid var(--line); }
.rows .grow { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.rows .name { font-weight: 550; color: var(--text); }
.rows small { display: block; color: var(--soft); font-size: 13px; }
.empty { margin: 0; padding: 16px 18px; color: var(--soft); }
.dot { flex: none; width: 20px; height: 20px; border-radius: 50%; display: inline-grid; place-items: center; font-size: 12px; font-weight: 700; color: var(--card); background: var(--quiet); }
.dot.good { background: var(--good); } .dot.bad { background: var(--bad); }
.dot.waiting { background: none; border: 2.5px solid var(--waiting); }
.dot.busy { background: none; border: 2.5px solid var(--busy); border-right-color: transparent; animation: turn 1.1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .dot.busy { animation: none; } }
.word { font-size: 12px; color: var(--soft); white-space: nowrap; }
.word.good { color: var(--good); } .word.bad { color: var(--bad); } .word.busy { color: var(--busy); } .word.waiting { color: var(--waiting); }
.plus { color: var(--good); } .minus { color: var(--bad); } .tally { font-size: 13px; white-space: nowrap; }
details.file > summary { display: flex; align-items: center; gap: 10px; padding: 9px 16px; cursor: pointer; list-style: none; }
details.file > summary::-webkit-details-marker { display: none; }
details.file > summary::before { content: "▸"; color: var(--faint); }
details.file[open] > summary { border-bottom: 1px solid var(--line); }
details.file[open] > summary::before { content: "▾"; }
details.file .path { flex: 1; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table.code { border-collapse: collapse; width: 100%; font: 12.5px/1.55 ui-monospace, SFMono-Regular, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
table.code td { padding: 0 12px; white-space: pre; vertical-align: top; }
table.code .line { width: 1%; min-width: 44px; text-align: right; color: var(--faint); user-select: none; padding: 0 9px; }
table.code .sign { width: 1%; padding: 0 0 0 10px; color: var(--faint); user-select: none; }
table.code tr.added td { background: var(--added); } table.code tr.added .line { background: var(--added-mark); }
table.code tr.removed td { background: var(--removed); } table.code tr.removed .line { background: var(--removed-mark); }
table.code tr.hunk td { background: var(--hunk); color: var(--soft); padding-top: 3px; padding-bottom: 3px; }
table.code tr.note td { color: var(--faint); font-style: italic; }
pre.message { white-space: pre-wrap; margin: 0; padding: 14px 18px; font-size: 13.5px; line-height: 1.55; overflow-wrap: anywhere; }
pre.log { margin: 0; padding: 16px 18px; background: #0d1117; color: #dbe2ea; font-size: 13px; overflow-x: auto; min-height: 90px; }
`;
