// What somebody typed outlives a page that is loaded anew; whoever signs in next does not get it.
const KEPT = () => ["kea-typed", document.body.dataset.reader, location.pathname].join(" ");
let left = new Map();

/** Saves the drafts that the server keeps, keeps here what it does not have, and loads the page anew. */
export async function loadAnew() {
  const drafts = [...document.querySelectorAll("main form[data-autosaved]")].filter((form) => typed(form).length);
  const saved = new Map(await Promise.all(drafts.map(async (form) => [form, await saveDraft(form)])));
  keepTyped((form) => !saved.get(form));
  location.reload();
}

/** Keeps what was typed for the page's next life, all of it or that of some forms. */
export function keepTyped(isWanted = () => true) {
  const values = typed(document).filter((field) => isWanted(field.form)).map((field) => [name(field), field.value]);
  try {
    if (values.length) sessionStorage.setItem(KEPT(), JSON.stringify(values));
  } catch {
    // A full or forbidden storage costs what was typed only.
  }
}

/** Takes up what the page before this one kept; a page of somebody who is signed out leaves it where it is. */
export function takeUpTyped() {
  if (!document.body.dataset.events) return;
  try {
    left = new Map(JSON.parse(sessionStorage.getItem(KEPT())) ?? []);
    sessionStorage.removeItem(KEPT());
  } catch {
    return;
  }
  bringBack();
}

/** Puts what was kept into the fields that are there by now; drafts are saved at once. */
export function bringBack() {
  if (!left.size) return;
  const drafts = new Set();
  for (const field of document.querySelectorAll(FIELDS)) {
    if (!left.has(name(field))) continue;
    field.value = left.get(name(field));
    left.delete(name(field));
    const view = field.closest("[data-view][hidden]");
    if (view) document.querySelector(`[data-shows="#${view.id}"]`)?.click();
    if (field.form.matches("[data-autosaved]")) drafts.add(field.form);
  }
  for (const form of drafts) saveDraft(form);
}

const FIELDS = "main form :is(input[type=text], textarea)[name]";

function typed(root) {
  return [...root.querySelectorAll(FIELDS)].filter((field) => field.value !== field.defaultValue);
}

/** Tells fields apart, also those of forms that differ only in the categories that they are about. */
function name({ form, name }) {
  return [form.getAttribute("action"), ...new FormData(form).getAll("ids"), name].join(" ");
}

/** Sends what a form holds now, as it would by itself a second after the last key; tells whether it was kept. */
async function saveDraft(form) {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  try {
    const response = await fetch(form.getAttribute("hx-post"), { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    if (!response.ok) return false;
    const isKept = Boolean(template.content.querySelector("[data-kept]"));
    document.querySelector(form.getAttribute("hx-target"))?.replaceChildren(template.content);
    return isKept;
  } catch {
    return false;
  }
}
