// Shortcuts, said where they are: an element with data-key="b" is clicked (a field: focused) when that key is pressed.
// What a page can do by keyboard is therefore what is on it, and "?" lists exactly that.
const root = document.documentElement;

function typing(target) {
  // A box that is ticked takes no letters.
  const takesLetters = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select";
  return target.isContentEditable || target.matches(takesLetters);
}

function keyed() {
  // What the page itself has goes before the bar around it: its own search box is meant by "/".
  const all = [...document.querySelectorAll("[data-key]")];
  const own = new Set(all.filter((element) => element.closest("main")).map((element) => element.dataset.key));
  return all.filter((element) => element.closest("main") || !own.has(element.dataset.key));
}

function nameOf(element) {
  const copy = element.cloneNode(true);
  for (const silent of copy.querySelectorAll("[aria-hidden=true]")) silent.remove();
  const label = element.getAttribute("aria-label") || element.labels?.[0]?.textContent || copy.textContent;
  return label.replace(/\s+/g, " ").trim();
}

function list(into) {
  const rows = keyed().map((element) => [element.dataset.key, nameOf(element)]);
  rows.push(["Esc", into.dataset.escape]);
  into.replaceChildren(
    ...rows.map(([key, what]) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const sign = document.createElement("kbd");
      sign.textContent = key;
      term.append(sign);
      const meaning = document.createElement("dd");
      meaning.textContent = what;
      row.append(term, meaning);
      return row;
    }),
  );
}

document.addEventListener("keydown", (event) => {
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const found = keyed().find((element) => element.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(found.tagName)) found.focus();
  else found.click();
});

// Any button with data-opens="id" opens that dialog.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.opens);
  const keys = dialog.querySelector("dl.keys");
  if (keys) list(keys);
  opener.closest("[popover]")?.hidePopover();
  dialog.showModal();
});
