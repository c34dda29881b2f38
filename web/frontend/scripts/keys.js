const OFF = "kea-keys-off";
const GO = { q: "/queue", d: "/dashboard", c: "/", a: "/ask" };

/** Single keys: j k move, `data-key` presses a button, / searches, ? shows all. Off while typing. */
export function watchKeys() {
  let pending = "";
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]") || isOff()) return;
    const before = pending;
    pending = event.key === "g" ? "g" : "";
    if (before === "g" && GO[event.key]) go(GO[event.key]);
    else if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "/") search();
    else if (!press(event.key)) return;
    event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.("[data-keys-switch]");
    if (box) box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
  });
  for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = !isOff();
}

/** Whether the reader switched single keys off. */
export function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function go(path) {
  const link = document.querySelector(`nav [data-go="${path}"]`);
  location.href = link ? link.href : path;
}

function move(step) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + step));
  items[next].focus();
  items[next].scrollIntoView({ block: "nearest" });
}

function search() {
  const field = [...document.querySelectorAll("[data-search]")].find((each) => each.offsetParent !== null);
  field?.focus();
  field?.select();
}

function press(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const button = [...document.querySelectorAll(selector)].find((each) => each.offsetParent !== null);
  button?.click();
  return Boolean(button);
}
