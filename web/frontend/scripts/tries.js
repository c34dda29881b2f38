/** Puts an example into the question box and asks it. */
export function watchTries() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-try]");
    const box = document.querySelector("[data-ask]");
    if (!button || !box) return;
    box.value = button.dataset.try;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.form.requestSubmit();
  });
}
