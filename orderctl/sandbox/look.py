"""How the page looks and what little it does by itself: its style and its script.

Knows the page's marks: `data-live` is what is renewed when something arrives, `data-row` is a row of a list.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --card: #fff; --ink: #1d2126; --soft: #5d6670; --line: #dfe2e6; --link: #0b5cad;
  --good: #14713d; --bad: #b3261e; --warn: #8a5a00; --new: #fff3c4; --code: #f3f4f6;
  --light: 32%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a3abb4; --line: #333a41; --link: #86b9f5;
    --good: #6fd69a; --bad: #ff9a91; --warn: #f0c060; --new: #4a3d10; --code: #22272c;
    --light: 75%;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99em; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .3rem .6rem; z-index: 1; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; border-bottom: 1px solid var(--line); max-width: none; background: var(--card); }
.bar { max-width: 70rem; margin: 0 auto; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
  align-items: baseline; }
.name { font-weight: 650; font-size: 1.1rem; color: inherit; text-decoration: none; }
nav { display: flex; gap: 1.25rem; }
nav a { padding: .3rem 0 .5rem; text-decoration: none; color: var(--soft);
  border-bottom: 2px solid transparent; }
nav a[aria-current] { color: var(--ink); border-color: var(--link); }
.state { margin-left: auto; color: var(--soft); font-size: .85rem; }
.state.on::before { content: ""; display: inline-block; width: .55rem; height: .55rem; border-radius: 50%;
  background: var(--good); margin-right: .4rem; }
.state.off { color: var(--bad); }
main { padding-top: 1rem; padding-bottom: 2rem; }
footer { color: var(--soft); font-size: .85rem; padding-bottom: 2rem; }
h1 { font-size: 1.35rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0 1rem; }
input[type=search] { flex: 1 1 16rem; max-width: 28rem; }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: .35rem .6rem; min-height: 2.4rem; }
button { background: var(--link); border-color: var(--link); color: var(--ground); cursor: pointer; }
.soft { color: var(--soft); }
.empty { border: 1px dashed var(--line); border-radius: 8px; padding: 2rem 1rem; text-align: center;
  color: var(--soft); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 550; font-size: .82rem; color: var(--soft); }
th, td { padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; }
td.number { min-width: 10ch; }
.about { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
th, .tight { white-space: nowrap; }
tr:last-child > td { border-bottom: 0; }
tr.new > td { animation: fade 4s ease-out; }
@keyframes fade { from { background: var(--new); } }
@media (prefers-reduced-motion: reduce) { tr.new > td { animation: none; } }
time, .number, code, pre, kbd { font-family: ui-monospace, monospace; font-size: .88em; }
time { white-space: nowrap; color: var(--soft); }
.system { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.rule { display: block; color: var(--bad); font-size: .88rem; }
.fault { display: block; color: var(--warn); font-size: .88rem; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem;
  margin: .5rem 0; overflow: auto; max-height: 36rem; tab-size: 2; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; max-height: 9em; overflow-y: auto; }
del { background: color-mix(in srgb, var(--bad) 14%, transparent); text-decoration: none; }
ins { background: color-mix(in srgb, var(--good) 16%, transparent); text-decoration: none; }
.pages { display: flex; gap: 1rem; align-items: baseline; margin: 1rem 0; }
@media (max-width: 40rem) {
  thead { position: absolute; left: -99em; }
  table, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .6rem .75rem;
    border-bottom: 1px solid var(--line); }
  td { border: 0; padding: 0; }
  td.wide { flex: 1 0 100%; } td.number { min-width: 0; }
  nav { gap: .9rem; }
  tr:last-child { border-bottom: 0; }
  td:empty { display: none; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .82rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
}
"""

SCRIPT = """
"use strict";
const live = document.querySelector("[data-live]");
const state = document.getElementById("state");
const say = document.getElementById("say");
const search = document.querySelector("input[type=search]");
let seen = live ? live.dataset.live : "";
let shown = live ? live.innerHTML : "";

function rows() {
  return new Set(Array.from(live.querySelectorAll("[data-row]"), (row) => row.dataset.row));
}

function renew(fresh) {
  const before = rows();
  const at = document.activeElement;
  const link = live.contains(at) ? at.getAttribute("href") : null;
  live.replaceChildren(...fresh.childNodes);
  for (const row of live.querySelectorAll("[data-row]")) {
    if (!before.has(row.dataset.row)) row.classList.add("new");
  }
  say.textContent = live.querySelector("h1").textContent;
  if (link) live.querySelector('a[href="' + CSS.escape(link) + '"]')?.focus();
}

async function look() {
  const now = await (await fetch("/pulse", { cache: "no-store" })).text();
  const choosing = live.contains(document.activeElement) && document.activeElement.matches("select, button");
  if (now === seen || choosing || String(getSelection())) return;
  const text = await (await fetch(location.href, { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
  if (!fresh) return;
  seen = fresh.dataset.live;
  if (fresh.innerHTML === shown) return;
  shown = fresh.innerHTML;
  renew(fresh);
}

async function watch() {
  try {
    if (!document.hidden) await look();
    state.textContent = "live";
    state.className = "state on";
  } catch {
    state.textContent = "the sandbox has ended";
    state.className = "state off";
  }
  setTimeout(watch, 1000);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && search && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
if (live) watch();
"""
