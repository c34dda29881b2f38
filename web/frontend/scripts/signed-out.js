/** Says that the reader is signed out; what is shown stays. */
export function tellSignedOut() {
  const note = document.getElementById("live-note");
  if (!note) return;
  note.textContent = note.dataset.signedOut;
  note.hidden = false;
}
