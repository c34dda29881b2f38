/** The solution's reader and editor take turns; `data-shows="#a"` shows one and hides its neighbours. */
export function watchEditors() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shows]");
    if (!button) return;
    const shown = document.querySelector(button.dataset.shows);
    if (!shown) return;
    for (const sibling of shown.parentElement.querySelectorAll(":scope > [data-view]")) {
      sibling.hidden = sibling !== shown;
    }
    for (const other of button.parentElement.querySelectorAll("[data-shows][aria-pressed]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    shown.querySelector("[data-first]")?.focus();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveals]");
    if (!button) return;
    document.getElementById(button.dataset.reveals).hidden = false;
    button.parentElement.remove();
  });
  const key = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘↵" : "Ctrl ↵";
  for (const shown of document.querySelectorAll("[data-confirm-key]")) shown.textContent = key;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    const form = event.target.closest?.("form[data-confirm-keys]");
    if (form) {
      event.preventDefault();
      const confirms = form.querySelector("button.primary");
      if (!confirms?.disabled) form.requestSubmit(confirms);
    }
  });
}
