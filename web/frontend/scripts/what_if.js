import { askForAnswers } from "./what-if-answers.js";

const WAIT = 100;

/**
 * Opens `#what-if` once it is filled, in place of the dialog that asked for it, and empties it when it closes. After a
 * refusal that dialog is there again, with what was typed, so that it can be put right.
 */
export function watchWhatIf() {
  askForAnswers(document);
  const dialog = document.getElementById("what-if");
  if (!dialog) return;
  let asked = null;
  new MutationObserver(() => {
    if (!dialog.childElementCount) return;
    askForAnswers(dialog);
    if (dialog.querySelector("form.what-if")) asked = null;
    if (dialog.open) {
      dialog.querySelector("[autofocus]")?.focus();
      return;
    }
    const other = document.querySelector("dialog[open]");
    if (!dialog.querySelector("form.what-if")) asked = other;
    other?.close();
    dialog.showModal();
  }).observe(dialog, { childList: true });
  dialog.addEventListener("close", () => {
    const isRefused = dialog.querySelector("[data-refused]");
    dialog.replaceChildren();
    if (isRefused) asked?.showModal();
    asked = null;
  });
  const waiting = new WeakMap();
  document.addEventListener("htmx:before:request", ({ target, detail: { ctx } }) => {
    if (ctx.target === dialog) waiting.set(ctx, startWaiting(() => target.dispatchEvent(new Event("htmx:abort"))));
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => waiting.get(ctx)?.());
}

/**
 * Opens `#what-if` with a word of waiting where what fills it is not there within a moment. `leave` is called if it is
 * closed meanwhile. The function that comes back ends it, and closes the dialog if nothing has filled it.
 */
export function startWaiting(leave) {
  const dialog = document.getElementById("what-if");
  const sample = document.getElementById("what-if-wait");
  if (!sample || dialog.open) return () => {};
  const over = new AbortController();
  const timer = setTimeout(() => {
    dialog.replaceChildren(sample.content.cloneNode(true));
    dialog.addEventListener("close", leave, { signal: over.signal });
  }, WAIT);
  return () => {
    clearTimeout(timer);
    over.abort();
    if (dialog.querySelector("[data-waits]")) dialog.close();
  };
}

/** Tells the dialog that moves a template which one it is: `data-moves="T-1"` on the button that opens it. */
export function watchMoves() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-moves]");
    if (!button) return;
    const dialog = document.getElementById(button.dataset.opens);
    dialog.querySelector("[data-moved]").value = button.dataset.moves;
    dialog.querySelector("[data-moved-text]").replaceChildren(
      ...button.closest("tr").querySelector(".template").cloneNode(true).childNodes,
    );
  });
}
