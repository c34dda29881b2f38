import { facts } from "./queue-selection.js";
import { seen } from "./queue-seen.js";

/** Opens the dialog of an act for some categories: their ids go with the form. */
export function openAct(name, ids, selection, find, back) {
  const dialog = document.getElementById(`queue-${name}`);
  if (!dialog || dialog.open || !ids.length) return;
  const form = dialog.querySelector("form");
  dialog.toggleAttribute("data-for-all", selection.isAll && ids.length > 1);
  form.reset();
  const targets = form.querySelector("[data-targets]");
  targets.replaceChildren();
  if (name === "merge") fillMerge(form, ids, selection, find);
  else targets.append(field("back", back), ...ids.flatMap((id) => [field("ids", id), field("seen", seen(name, find(id)))]));
  const note = form.querySelector("[data-targets-note]");
  const all = document.querySelector("[data-selected-count]")?.textContent;
  note.textContent = dialog.hasAttribute("data-for-all") ? all : ids.length <= 3 ? ids.join(", ") : `${ids.slice(0, 2).join(", ")} +${ids.length - 2}`;
  dialog.showModal();
  const first = [...form.querySelectorAll("input:not([type=hidden]), .choices button")].find((each) => each.type !== "radio" || each.checked);
  (form.querySelector("[data-first]") ?? first)?.focus();
}

function fillMerge(form, ids, selection, find) {
  const chosen = form.querySelector("[data-merge-chosen]");
  const near = form.querySelector("[data-merge-near]");
  for (const old of form.querySelectorAll(".choice")) old.remove();
  ids.forEach((id, place) => {
    const row = find(id);
    const title = selection.chosen.get(id)?.title ?? (row && facts(row).title);
    chosen.append(choice("radio", "category_id", id, title, place === 0), field("others", id));
  });
  const found = ids.length === 1 ? [...document.querySelectorAll("#queue-preview [data-near] li")] : [];
  const isOwn = document.querySelector("#queue-preview [data-previewed]")?.dataset.previewed === ids[0];
  const { ids: typed } = form.elements;
  const needs = () => (typed.required = ids.length === 1 && !near.querySelector("input:checked"));
  near.onchange = needs;
  near.hidden = !(isOwn && found.length);
  if (!near.hidden) near.append(...found.map((each) => choice("checkbox", "others", each.dataset.id, each, false, each.dataset.score)));
  needs();
}

function choice(type, name, id, title, checked, score = "") {
  const label = document.createElement("label");
  label.className = "choice";
  const input = Object.assign(document.createElement("input"), { type, name, value: id, checked });
  const text = document.createElement("span");
  const bold = document.createElement("b");
  bold.textContent = id;
  const meta = Object.assign(document.createElement("span"), { className: "meta", textContent: score });
  const said = document.createElement("span");
  said.className = "template";
  if (title) said.append(...[...title.childNodes].map((each) => each.cloneNode(true)));
  text.append(bold, " ", meta, document.createElement("br"), said);
  label.append(input, text);
  return label;
}

function field(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value, className: name === "others" ? "choice" : "" });
}
