// Cards that are drawn from column to column. It presses the very buttons that are on the card, so that nothing can be
// done by hand that cannot be done by key; and where to a card is dropped to be rejected, its reason is asked for.
let held = null;

function columnOf(event) {
  return event.target.closest?.(".column");
}

document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.(".card-small[draggable=true]") ?? null;
  if (!held) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.id);
  held.classList.add("is-held");
});

document.addEventListener("dragover", (event) => {
  const column = columnOf(event);
  if (!held || !column) return;
  event.preventDefault();
  for (const each of document.querySelectorAll(".column")) each.classList.toggle("is-over", each === column);
});

document.addEventListener("drop", (event) => {
  const column = columnOf(event);
  if (!held || !column) return;
  event.preventDefault();
  if ("rejected" in column.dataset) {
    held.querySelector("details").open = true;
    held.querySelector(".rejects select").focus();
    return;
  }
  const wanted = [...held.querySelectorAll(".moves button")].find((each) => each.value === column.dataset.stage);
  wanted?.click();
});

document.addEventListener("dragend", () => {
  held?.classList.remove("is-held");
  held = null;
  for (const each of document.querySelectorAll(".column.is-over")) each.classList.remove("is-over");
});

// After a move the card is in another column, and whoever works by key goes on from there.
document.addEventListener("htmx:beforeRequest", (event) => {
  const card = event.detail.elt.closest?.(".card-small");
  if (card) document.addEventListener("htmx:afterSettle", () => document.querySelector(`#${card.id} a`)?.focus(), { once: true });
});
