/** Opens and closes dialogs: `data-opens="id"` on a button, `data-closes` inside the dialog, or its id in the address. */
export function watchDialogs() {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named?.tagName === "DIALOG") {
    named.showModal();
    // Once the page is there a browser puts the focus on what the address names.
    window.addEventListener("load", () => setTimeout(() => named.querySelector("[autofocus]")?.focus()));
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      const menu = opener.closest("details.menu");
      if (menu) {
        // The focus comes back to the menu, which is closed by then.
        menu.querySelector("summary").focus();
        menu.open = false;
      }
      if (dialog && !dialog.open) dialog.showModal();
      return;
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    else if (event.target.tagName === "DIALOG") event.target.close();
  });
}
