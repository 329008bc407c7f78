// Short sentences that come and go: what was done, and what could not be.
const place = document.getElementById("toasts");
const STAYS_MS = 8000;

export function toast(sentence, { stays = false, link = null } = {}) {
  const shown = document.createElement("p");
  shown.className = "toast";
  shown.textContent = sentence;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.address;
    anchor.textContent = link.label;
    shown.append(" ", anchor);
  }
  place.append(shown);
  settle(shown, stays);
  return shown;
}

function settle(shown, stays) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", place.dataset.close);
  close.addEventListener("click", () => shown.remove());
  shown.append(close);
  if (!stays) setTimeout(() => shown.remove(), STAYS_MS);
}

for (const shown of place.querySelectorAll(".toast")) settle(shown, false);

// A part of a page that could not be had: the server's own sentence, else a general one.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  toast(plain && xhr.responseText ? xhr.responseText : place.dataset.failed);
});
document.addEventListener("htmx:sendError", () => toast(place.dataset.lost));
// Answers may say something beside what they swap in: HX-Trigger: {"said": {"value": "…"}}.
document.addEventListener("said", (event) => toast(event.detail.value));
