// A button that copies a text; without scripts, or where a browser allows no copying, it is not there.
export function watchCopying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copies][hidden]")) button.hidden = false;
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copies]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
      say(button, button.dataset.copied);
    } catch {
      say(button, button.dataset.failed);
    }
  });
}

/** Says it on the button for two seconds; those who hear the page are told as well. */
function say(button, text) {
  const words = button.querySelector("[aria-live]");
  button.dataset.words ??= words.textContent;
  words.textContent = text;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => (words.textContent = button.dataset.words), 2000);
}
