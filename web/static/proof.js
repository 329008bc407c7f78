// Requests of htmx carry the session's proof, as every form does in a field (api/csrf.py).
const proof = document.querySelector('meta[name="csrf"]')?.content ?? "";

export function headers() {
  return { "X-CSRF-Token": proof };
}

document.addEventListener("htmx:configRequest", (event) => {
  if (proof) event.detail.headers["X-CSRF-Token"] = proof;
});
