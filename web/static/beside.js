// A person opens beside the list where there is room. The address says so, so that Back, reload and sharing work; where
// there is no room, or another tab is wanted, the link is a link.
const frame = document.getElementById("beside");
const sheet = document.getElementById("beside-sheet");
const room = window.matchMedia("(min-width: 75rem)");

function listed(id) {
  return document.querySelector(`[data-beside="${id}"]`);
}

function mark() {
  for (const link of document.querySelectorAll("[data-beside][aria-current]")) link.removeAttribute("aria-current");
  listed(frame.dataset.person)?.setAttribute("aria-current", "true");
}

function go(person) {
  const there = new URL(location.href);
  if (person) there.searchParams.set("person", person);
  else there.searchParams.delete("person");
  // htmx asks the server again for a page of the history that is its own.
  history.replaceState({ htmx: true }, "");
  history.pushState({ htmx: true }, "", there);
}

async function open(link) {
  const person = link.dataset.beside;
  if (person === frame.dataset.person) return;
  frame.dataset.person = person;
  await window.htmx.ajax("GET", link.href, { target: sheet, swap: "innerHTML", source: sheet });
  if (frame.dataset.person !== person) return;
  frame.hidden = false;
  sheet.scrollTop = 0;
  go(person);
  mark();
}

function close() {
  const link = listed(frame.dataset.person);
  frame.hidden = true;
  frame.dataset.person = "";
  sheet.replaceChildren();
  go("");
  mark();
  link?.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const link = event.target.closest("a[data-beside]");
  const closing = event.target.closest("[data-closes]");
  if (closing) {
    event.preventDefault();
    close();
  } else if (link && room.matches) {
    event.preventDefault();
    open(link);
  }
});
document.addEventListener("keydown", (event) => {
  const over = document.querySelector("dialog[open], [popover]:popover-open");
  const typing = event.target.matches("input[type=search], input[type=text], textarea, select");
  if (event.key === "Escape" && !frame.hidden && !over && !typing) close();
});
// Whoever is gone, or not to be seen any more: the sentence is said (static/toasts.js), the place is given back.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target === sheet) close();
});
document.addEventListener("htmx:afterSettle", mark);
mark();
