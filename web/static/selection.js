// Which people of a list are selected: counted, kept while parts of the list are swapped for others, and sent with the
// form wherever they are. The boxes of the list are the truth for whoever is on it; `chosen` remembers the rest.
const chosen = new Set();
const plural = new Intl.PluralRules(document.documentElement.lang);
const number = new Intl.NumberFormat(document.documentElement.lang);
let last = null;

const form = () => document.getElementById("selection");
const boxes = () => [...(form()?.querySelectorAll('input[type=checkbox][name="person"]') ?? [])];
const everybody = () => form()?.querySelector('input[name="everybody"]')?.checked ?? false;

function said(forms, count) {
  const sentence = JSON.parse(forms);
  return (sentence[plural.select(count)] ?? sentence.other).replace("%(n)s", number.format(count));
}

function show() {
  const bar = form()?.querySelector(".selection");
  if (!bar) return;
  const here = boxes();
  const ticked = here.filter((box) => box.checked).length;
  const elsewhere = chosen.size - ticked;
  const count = bar.querySelector(".selection-count");
  let words = chosen.size ? said(count.dataset.selected, chosen.size) : "";
  if (elsewhere > 0) words += `, ${said(count.dataset.elsewhere, elsewhere)}`;
  if (everybody()) words = count.dataset.all;
  if (count.textContent !== words) count.textContent = words;
  bar.toggleAttribute("data-any", chosen.size > 0 || everybody());
  const page = bar.querySelector('[data-selects="page"]');
  page.checked = here.length > 0 && ticked === here.length;
  page.indeterminate = ticked > 0 && ticked < here.length;
}

function note(box) {
  if (box.checked) chosen.add(box.value);
  else chosen.delete(box.value);
}

function mark(some, checked) {
  for (const box of some) {
    box.checked = checked;
    note(box);
  }
}

document.addEventListener("change", (event) => {
  if (!form()?.contains(event.target)) return;
  if (event.target.name === "person") note(event.target);
  if (event.target.dataset.selects === "page") mark(boxes(), event.target.checked);
  show();
});

document.addEventListener("click", (event) => {
  if (!form()?.contains(event.target)) return;
  if (event.target.closest('[data-selects="none"]')) {
    chosen.clear();
    mark(boxes(), false);
    form().querySelector('input[name="everybody"]').checked = false;
    show();
    form().querySelector('[data-selects="page"]').focus();
  }
  if (event.target.name !== "person") return;
  // With Shift, everybody from the one ticked before to this one.
  const here = boxes();
  const [from, to] = [here.indexOf(last), here.indexOf(event.target)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) mark(here.slice(from, to + 1), event.target.checked);
  last = event.target;
});

// Those who are selected and not on this part of the list go along, each once.
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  for (const before of form().querySelectorAll("input[data-elsewhere]")) before.remove();
  const here = new Set(boxes().map((box) => box.value));
  for (const person of chosen) {
    if (here.has(person)) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "person", value: person });
    field.dataset.elsewhere = "";
    form().append(field);
  }
});

function settle() {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  show();
}

// A browser that comes back to a page ticks again what was ticked.
function remember() {
  boxes().filter((box) => box.checked).forEach(note);
  show();
}

remember();
window.addEventListener("pageshow", remember);
document.addEventListener("htmx:afterSwap", settle);
document.addEventListener("htmx:oobAfterSwap", settle);
