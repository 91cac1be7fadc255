"use strict";
const search = document.getElementById("search");
const outcome = document.getElementById("outcome");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("#orders tbody tr"));
const words = rows.map((row) => row.textContent.toLowerCase());
let waiting = 0;

function find() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let number = 0;
  rows.forEach((row, at) => {
    const fits = (!outcome.value || row.dataset.outcome === outcome.value)
      && wanted.every((word) => words[at].includes(word));
    row.hidden = !fits;
    number += fits ? 1 : 0;
  });
  shown.value = number === rows.length ? "" : number.toLocaleString() + " shown";
}

search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(find, 120);
});
outcome.addEventListener("change", find);
document.getElementById("find").addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
find();
