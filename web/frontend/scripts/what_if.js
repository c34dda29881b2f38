/** Opens `#what-if` once it is filled, in place of the dialog that asked for it, and empties it when it closes. */
export function watchWhatIf() {
  const dialog = document.getElementById("what-if");
  if (!dialog) return;
  new MutationObserver(() => {
    if (!dialog.childElementCount || dialog.open) return;
    document.querySelector("dialog[open]")?.close();
    dialog.showModal();
  }).observe(dialog, { childList: true });
  dialog.addEventListener("close", () => dialog.replaceChildren());
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
