// Keys: j and k go from row to row, Enter opens it, n and p lead to the next and previous hit or page, / to the search.
// Everything works without this file.
"use strict";

document.documentElement.classList.add("js");
const rows = [...document.querySelectorAll(".row")];
let now = -1;

function move(step) {
  if (!rows.length) return;
  rows[now]?.classList.remove("now");
  now = Math.min(Math.max(now + step, 0), rows.length - 1);
  rows[now].classList.add("now");
  rows[now].scrollIntoView({ block: "nearest" });
  (rows[now].querySelector("a.open") ?? rows[now].querySelector("a"))?.focus({ preventScroll: true });
}

function lead(rel) {
  document.querySelector(`main a[rel="${rel}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const act = { j: () => move(1), k: () => move(-1), n: () => lead("next"), p: () => lead("prev") }[event.key];
  if (act) act();
  else if (event.key === "/") document.querySelector("input[type=search]")?.focus();
  else return;
  event.preventDefault();
});

// A box that is ticked is shown at once.
document.querySelector(".show")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
