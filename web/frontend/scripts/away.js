const SECONDS = 10;
let timer = 0;

/** Says that the server does not answer, above all that is open: nothing else on the page would tell. */
export function tellAway() {
  const note = document.getElementById("away-note");
  if (!note) return;
  note.textContent = note.dataset.text;
  if (!note.matches(":popover-open")) note.showPopover();
  clearTimeout(timer);
  timer = setTimeout(() => note.hidePopover(), SECONDS * 1000);
}

/** Says so of what htmx asked for, too. */
export function watchAway() {
  document.addEventListener("htmx:error", ({ detail }) => {
    if (detail.ctx && detail.error instanceof TypeError) tellAway();
  });
}
