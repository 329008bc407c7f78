// Suggestions under a box (the combobox pattern): the arrows choose, Enter takes, Escape closes; Enter without a choice
// searches for what was typed. An option leads to a page, or adds something to the question that the address asks.
const CALM_MS = 120;

function prepare(box) {
  const list = document.getElementById(box.dataset.suggests);
  let waiting = null;
  let at = -1;
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);

  const options = () => [...list.querySelectorAll("[role=option]")];

  function show(open) {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  }

  function choose(next) {
    at = next;
    options().forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === at));
      if (number === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", options()[at].id);
  }

  async function ask() {
    const typed = box.value.trim();
    if (!typed) return show(false);
    const answer = await fetch(`/talent/suggest?q=${encodeURIComponent(typed.slice(0, 100))}`, {
      headers: { "HX-Request": "true" },
    }).catch(() => null);
    // Only what is asked last is shown, and only to whoever is still there.
    if (!answer?.ok || box.value.trim() !== typed || document.activeElement !== box) return undefined;
    list.innerHTML = await answer.text();
    options().forEach((option, number) => {
      option.id = `${list.id}-${number}`;
    });
    return show(options().length > 0);
  }

  function take(option) {
    show(false);
    if (option.dataset.leads) return location.assign(option.dataset.leads);
    const results = document.getElementById("results");
    const there = new URL(results ? location.href : "/talent", location.href);
    for (const gone of ["q", "cursor"]) there.searchParams.delete(gone);
    there.searchParams.append(option.dataset.name, option.dataset.value);
    there.hash = "";
    box.value = "";
    if (!results) return location.assign(there.href);
    return window.htmx.ajax("GET", there.pathname + there.search, { target: results, swap: "innerHTML" });
  }

  show(false);
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    choose(-1);
    waiting = setTimeout(ask, CALM_MS);
  });
  box.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return ask();
      const many = options().length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the box itself.
      return choose(((at + 1 + step + many) % many) - 1);
    }
    if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      return show(false);
    }
    if (event.key === "Enter") {
      clearTimeout(waiting);
      if (open && at >= 0) {
        event.preventDefault();
        return take(options()[at]);
      }
      show(false);
    }
    return undefined;
  });
  box.addEventListener("blur", () => {
    clearTimeout(waiting);
    show(false);
  });
  // The box keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

for (const box of document.querySelectorAll("input[data-suggests]")) prepare(box);
