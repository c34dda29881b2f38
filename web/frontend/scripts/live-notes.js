import { fetchPart } from "./queue-parts.js";

const WAIT = 300;
const KEPT = "kea-typed:";

/** Says on an open page what others did meanwhile to what it shows; what was typed outlives a look at the new state. */
export function watchNotes() {
  bringBack();
  document.addEventListener("kea:changes", ({ detail }) => later(detail.acts.flatMap((act) => act.ids), detail.rows));
  document.addEventListener("kea:behind", () => later(places().map((place) => place.dataset.about)));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-refresh]")) return;
    keep();
    location.reload();
  });
}

const places = () => [...document.querySelectorAll("[data-about]")];
let timer;
const touched = new Set();

function later(...ids) {
  for (const id of ids.flat()) touched.add(id);
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
}

async function look() {
  const ids = new Set(touched);
  touched.clear();
  for (const place of places().filter((each) => ids.has(each.dataset.about))) {
    const address = new URL(document.body.dataset.meanwhile, location.href);
    address.searchParams.set("about", place.dataset.about);
    if (place.matches("[data-asked]")) address.searchParams.set("asked", "true");
    const { ok, content } = await fetchPart(address);
    if (ok && content.firstElementChild) place.replaceChildren(content);
  }
}

/** Fields that somebody typed in and that no server keeps. */
function typed() {
  const fields = document.querySelectorAll("main form:not([data-autosaved]) :is(input[type=text], textarea)[name]");
  return [...fields].filter((field) => field.value !== field.defaultValue);
}

function name(field) {
  return `${field.form.getAttribute("action")} ${field.name}`;
}

function keep() {
  try {
    const values = typed().map((field) => [name(field), field.value]);
    if (values.length) sessionStorage.setItem(KEPT + location.pathname, JSON.stringify(values));
  } catch {
    // A full or forbidden storage costs what was typed only.
  }
}

function bringBack() {
  let values = [];
  try {
    values = JSON.parse(sessionStorage.getItem(KEPT + location.pathname)) ?? [];
    sessionStorage.removeItem(KEPT + location.pathname);
  } catch {
    return;
  }
  const kept = new Map(values);
  for (const field of document.querySelectorAll("main form :is(input[type=text], textarea)[name]")) {
    if (!kept.has(name(field))) continue;
    field.value = kept.get(name(field));
    const view = field.closest("[data-view][hidden]");
    if (view) document.querySelector(`[data-shows="#${view.id}"]`)?.click();
  }
}
