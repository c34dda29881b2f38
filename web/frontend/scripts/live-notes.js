import { fetchPart } from "./queue-parts.js";
import { loadAnew, takeUpTyped } from "./typed.js";

const WAIT = 300;
const AGAIN = 5_000;

/** Says on an open page what others did meanwhile to what it shows; what was typed outlives a look at the new state. */
export function watchNotes() {
  takeUpTyped();
  document.addEventListener("kea:changes", ({ detail }) => later([...detail.acts.flatMap((act) => act.ids), ...detail.rows]));
  document.addEventListener("kea:behind", () => later(places().map((place) => place.dataset.about)));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-refresh]")) loadAnew();
  });
}

const places = () => [...document.querySelectorAll("[data-about]")];
let timer;
const touched = new Set();

function later(ids, wait = WAIT) {
  for (const id of ids) touched.add(id);
  clearTimeout(timer);
  timer = setTimeout(look, wait);
}

async function look() {
  const ids = new Set(touched);
  touched.clear();
  for (const place of places().filter((each) => ids.has(each.dataset.about))) {
    const address = new URL(document.body.dataset.meanwhile, location.href);
    address.searchParams.set("about", place.dataset.about);
    if (place.matches("[data-asked]")) address.searchParams.set("asked", "true");
    const { ok, isPassing, content } = await fetchPart(address, { stays: true });
    if (ok && content.firstElementChild) place.replaceChildren(content);
    if (isPassing) later([place.dataset.about], AGAIN);
  }
}
