const WAIT = 1000;

/** Keeps what is typed in `form[data-draft]` on this machine until it is saved or thrown away. */
export function watchDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
}

function watch(form) {
  const key = `kea-draft:${form.dataset.draft}`;
  const fields = [...form.querySelectorAll("[data-kept]")];
  const note = form.querySelector("[data-draft-note]");
  const original = fields.map((field) => field.value);
  const kept = read(key);
  if (kept && kept.length === fields.length && kept.some((value, place) => value !== original[place])) {
    fields.forEach((field, place) => (field.value = kept[place]));
    note.hidden = false;
    document.querySelector(`[data-shows="#${form.id}"]`)?.click();
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => write(key, fields.map((field) => field.value)), WAIT);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    write(key, null);
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    write(key, null);
    fields.forEach((field, place) => (field.value = original[place]));
    note.hidden = true;
  });
}

function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key));
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the draft only.
  }
}
