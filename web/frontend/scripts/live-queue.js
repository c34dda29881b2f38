import { fetchPart } from "./queue-parts.js";

const WAIT = 500;
const AGAIN = 3000;
const AT_ONCE = 100;

/** Keeps an open list true without moving it: rows change where they are, what is new waits for a "refresh". */
export class LiveQueue {
  constructor(queue) {
    this.queue = queue;
    this.kept = 0;
    this.forget();
  }

  start() {
    document.addEventListener("kea:changes", ({ detail }) => this.note(detail));
    document.addEventListener("kea:behind", () => this.tellMany());
    document.addEventListener("kea:state", ({ detail }) => {
      this.kept = detail.kept;
      this.later();
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-queue-refresh]")) this.queue.load(location.href, false);
    });
  }

  /** Begins anew with a list that was read just now. */
  forget() {
    this.waiting = new Map();
    this.fresh = new Set();
    this.gone = new Set();
    this.isMany = false;
  }

  note({ number, acts, rows, many }) {
    for (const id of rows) this.waiting.set(id, { number, actor: this.waiting.get(id)?.actor ?? "" });
    for (const { actor, ids } of acts) for (const id of ids) if (this.waiting.has(id)) this.waiting.get(id).actor = actor;
    if (many) this.tellMany();
    this.later();
  }

  later() {
    // A timer that runs goes on: where something happens all the time nothing would ever be looked at.
    if (this.timer || !this.waiting.size) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.look();
    }, WAIT);
  }

  /** Looks at categories that changed: what a person did at once, the others as soon as the queue has followed. */
  async look() {
    const due = [...this.waiting].filter(([, { number, actor }]) => actor || number <= this.kept).slice(0, AT_ONCE);
    if (!due.length) return;
    for (const [id] of due) this.waiting.delete(id);
    const mark = this.queue.asked;
    const address = new URL(this.bar().dataset.rows, location.href);
    for (const [name, value] of new URLSearchParams(this.queue.back)) address.searchParams.set(name, value);
    address.searchParams.set("ids", due.map(([id]) => id).join(","));
    const { ok, isPassing, content } = await fetchPart(address, { stays: true });
    if (mark !== this.queue.asked) return this.again(due);
    if (!ok) return isPassing && setTimeout(() => this.again(due), AGAIN);
    const rows = new Map([...content.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
    for (const [id, { actor }] of due) this.settle(id, rows.get(id), actor);
    this.showCounts(content);
    this.tell();
    this.later();
  }

  /** Waits anew for what could not be looked at; where the list was read since, that costs one look too many. */
  again(due) {
    for (const [id, noted] of due) if (!this.waiting.has(id)) this.waiting.set(id, noted);
    this.later();
  }

  settle(id, row, actor) {
    const old = this.queue.window.find(id);
    if (row && old) this.replace(old, row, actor);
    else if (row) this.queue.window.wouldShow(row) ? this.fresh.add(id) : this.fresh.delete(id);
    else {
      this.fresh.delete(id);
      if (old) this.leave(old, actor);
    }
  }

  replace(old, row, actor) {
    this.gone.delete(row.dataset.row);
    if (plain(old) === plain(row)) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.className : null;
    old.replaceWith(row);
    this.queue.dress([row]);
    if (focused !== null) (row.getElementsByClassName(focused)[0] ?? row.querySelector(".title")).focus({ preventScroll: true });
    this.refreshPreview(row.dataset.row);
    if (actor && actor !== this.bar().dataset.me) mark(row, this.bar().dataset.mark.replace("{name}", actor));
  }

  /** Shows the current category anew beside the list, unless somebody is about to write there. */
  refreshPreview(id) {
    const { preview, currentId } = this.queue;
    preview.forget([id]);
    if (id !== currentId || !preview.place) return;
    const fields = [...preview.place.querySelectorAll("input[type=text], textarea")];
    const isBusy = preview.place.contains(document.activeElement) || fields.some((each) => each.value !== each.defaultValue);
    if (!isBusy) preview.show(id, undefined, 0);
  }

  leave(row, actor) {
    if (row.matches(".left")) return;
    this.gone.add(row.dataset.row);
    row.classList.add("left");
    mark(row, actor ? this.bar().dataset.mark.replace("{name}", actor) : this.bar().dataset.left);
  }

  showCounts(content) {
    const lead = content.querySelector("#queue-lead");
    if (lead) document.getElementById("queue-lead")?.replaceWith(lead);
    for (const count of content.querySelectorAll("[data-count-of]")) {
      for (const shown of this.queue.queue.querySelectorAll(`[data-count-of="${count.dataset.countOf}"]`)) shown.textContent = count.textContent;
    }
  }

  tellMany() {
    this.isMany = true;
    this.tell();
  }

  bar() {
    return document.querySelector("[data-queue-news]");
  }

  tell() {
    const bar = this.bar();
    if (!bar) return;
    const said = [];
    if (this.isMany) said.push(bar.dataset.many);
    else if (this.fresh.size) said.push(bar.dataset.new.replace("{n}", this.fresh.size));
    if (this.gone.size) said.push(bar.dataset.gone.replace("{n}", this.gone.size));
    bar.hidden = !said.length;
    const text = bar.querySelector("[data-said]");
    if (text.textContent !== said.join(" · ")) text.textContent = said.join(" · ");
  }
}

/** What a row says, without what the list itself adds to it. */
function plain(row) {
  return row.textContent.replace(/\s+/g, " ").trim();
}

function mark(row, text) {
  row.querySelector("[data-changed]")?.remove();
  const tag = document.createElement("span");
  tag.className = "tag warn";
  tag.dataset.changed = "";
  tag.textContent = text;
  row.querySelector(".sub").append(tag);
}
