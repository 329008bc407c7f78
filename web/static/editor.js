// The words of a question stand outside of what is swapped, so that nothing is swapped under who types them. Whoever
// takes them off the question finds the field empty.
const words = document.getElementById("words");

document.addEventListener("htmx:afterSwap", (event) => {
  const asked = event.detail.target.querySelector("[data-words]");
  if (asked && document.activeElement !== words) words.value = asked.dataset.words;
});
