// The secret of a link stands behind its #. It goes into the form, and out of the address bar and the history.
const secret = location.hash.slice(1);
const field = document.getElementById("token");
if (secret) {
  field.value = secret;
  field.closest(".link-secret").hidden = true;
  history.replaceState(null, "", location.pathname);
} else if (field.value && !field.hasAttribute("aria-invalid")) {
  field.closest(".link-secret").hidden = true;
}
document.querySelector("input:not([type=hidden]):invalid, input[aria-invalid]")?.focus();
