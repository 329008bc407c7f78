// Going through a list of people by keys. Where one is, is where the focus is; Enter on a name opens it, as on any link.
const results = document.getElementById("results");
const box = document.getElementById("q");

function rows() {
  return [...results.querySelectorAll(".listed")];
}

function here() {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  return at >= 0 ? at : all.findIndex((row) => row.querySelector("[aria-current]"));
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = here();
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].querySelector(".listed-name").focus();
}

document.addEventListener("click", (event) => {
  const by = event.target.closest("[data-step]")?.dataset.step;
  if (!by) return;
  if (by === "pick") rows()[here()]?.querySelector("input[name=person]")?.click();
  else step(Number(by));
});

// The box is outside of what is swapped: whoever takes the words off the question finds it empty.
document.addEventListener("htmx:afterSwap", (event) => {
  const asked = results.querySelector("[data-text]");
  if (event.detail.target === results && asked && document.activeElement !== box) box.value = asked.dataset.text;
});

// htmx takes apart what it replaces element by element, which takes longer than all the rest of a click. Nothing in
// these parts needs that, so they are emptied before: after htmx has looked where the focus is, and only where an answer
// has come (the number comes with no other).
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  if (part.id === "facets" || part.id === "folders") part.replaceChildren();
  if (part.id === "total") results.replaceChildren();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (part.id === "folders" && event.detail.shouldSwap && !part.contains(document.activeElement)) part.replaceChildren();
});
