/**
 * Asks for a choice before a form is sent: one box at least of a `[data-chooses]`, and not every one of those that
 * `data-leaves` one. Either names what it says.
 */
export function watchChoosing() {
  document.addEventListener("submit", (event) => {
    const set = event.target.querySelector?.("[data-chooses]");
    if (!set) return;
    const boxes = [...set.querySelectorAll("input[type=checkbox]")];
    const chosen = boxes.filter((each) => each.checked);
    const said = !chosen.length ? set.dataset.chooses : chosen.length === boxes.length ? set.dataset.leaves : "";
    const field = boxes[0] ?? event.target.querySelector("input[type=search]");
    if (!said || !field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.setCustomValidity(said);
    field.reportValidity();
    event.target.addEventListener("input", () => field.setCustomValidity(""), { once: true });
  }, true);
}
