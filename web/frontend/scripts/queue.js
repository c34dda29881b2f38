import { isOff } from "./keys.js";
import { LiveQueue } from "./live-queue.js";
import { openAct } from "./queue-dialogs.js";
import { followMany, isForAll, tryAll } from "./queue-many.js";
import { fetchPart, whileFading } from "./queue-parts.js";
import { QueuePreview } from "./queue-preview.js";
import { seen } from "./queue-seen.js";
import { QueueSelection } from "./queue-selection.js";
import { closeWhatIf, openSplit, showWhatIf, tryOut } from "./queue-what-if.js";
import { QueueWindow } from "./queue-window.js";
import { letGo } from "./toasts.js";

const SEARCH_WAIT = 200;

/** The queue: a cursor with a preview, a selection, acts that leave the list where it is, keys for all of it. */
export function watchQueue() {
  const queue = document.getElementById("queue");
  if (queue) new Queue(queue).start();
}

class Queue {
  constructor(queue) {
    this.queue = queue;
    this.current = null;
    this.currentId = "";
    this.asked = 0;
    this.selection = new QueueSelection();
    this.preview = new QueuePreview(queue);
    this.window = new QueueWindow((rows) => this.dress(rows));
    this.live = new LiveQueue(this);
  }

  start() {
    this.open();
    this.live.start();
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("change", (event) => this.change(event));
    document.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("keydown", (event) => this.key(event));
    this.queue.addEventListener("input", (event) => this.search(event));
    this.queue.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-row]");
      if (row) this.choose(row);
    });
    window.addEventListener("popstate", () => this.load(location.href, false));
  }

  get back() {
    return document.getElementById("queue-back")?.value ?? "";
  }

  /** Whether the reader may do more than read: then there is the bar of acts. */
  get changes() {
    return Boolean(document.querySelector("[data-bar]"));
  }

  /** What an act is done to: the selection, or else the current row. */
  get targets() {
    return this.selection.ids.length ? this.selection.ids : this.currentId ? [this.currentId] : [];
  }

  open() {
    this.live.forget();
    this.window.open();
    this.selection.tell();
    // Whatever row it was, its preview went with the former list.
    this.current = null;
    const first = this.window.find(this.currentId) ?? this.window.rows()[0];
    if (first) this.choose(first, 0);
  }

  dress(rows) {
    this.selection.dress(rows);
    for (const row of rows) {
      const isCurrent = row.dataset.row === this.currentId;
      row.classList.toggle("current", isCurrent);
      if (isCurrent) this.current = row;
    }
  }

  choose(row, wait) {
    if (row === this.current) return;
    this.current?.classList.remove("current");
    this.current = row;
    this.currentId = row.dataset.row;
    row.classList.add("current");
    this.preview.show(this.currentId, this.window.beside(row, 1)?.dataset.row, wait);
  }

  move(step) {
    const row = this.current?.isConnected ? this.window.beside(this.current, step) : this.window.rows()[0];
    if (!row) return;
    this.choose(row);
    row.querySelector(".title").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
    if (event.key === "Escape" && event.target.matches?.("[data-label-box]")) {
      event.preventDefault();
      this.goBack();
      return;
    }
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open], details.menu[open]")) return;
    const act = this.changes || READING.has(event.key) ? KEYS[event.key] : undefined;
    if (act && act(this, event) !== false) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  click(event) {
    const { target } = event;
    const link = target.closest("a[data-filter]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && isPlain) {
      event.preventDefault();
      link.closest("details.menu")?.removeAttribute("open");
      this.load(link.href);
      return;
    }
    const suggestion = target.closest("[data-suggests]");
    if (suggestion) {
      const box = document.querySelector("[data-label-box]");
      box.value = suggestion.dataset.suggests;
      box.focus();
      return;
    }
    const assign = target.closest("[data-assign]");
    if (assign) return this.ask("assign", [assign.dataset.assign]);
    const split = target.closest("[data-splits]");
    if (split && isPlain) {
      event.preventDefault();
      return this.split(split.dataset.splits);
    }
    const act = target.closest("[data-act]");
    if (act) return this.ask(act.dataset.act, act.closest("[data-bar]") ? this.targets : [this.currentId]);
    if (target.closest("[data-select-match]")) return this.selection.takeAll();
    if (target.closest("[data-dismisses]")) return target.closest("[data-toast]").remove();
    if (target.closest("[data-unselect]")) return this.selection.clear(this.window.rows());
    const row = target.closest("[data-row]");
    if (!row) return;
    if (target.matches("input[type=checkbox]")) {
      if (event.shiftKey) this.selection.extend(this.window.allRows(), row);
      return;
    }
    // A pointer chooses the row where the preview shows it; enter on the link, and a phone, open it.
    if (target.closest(".title") && event.detail === 1 && isPlain && this.preview.isShown) {
      event.preventDefault();
      this.choose(row);
    }
  }

  change(event) {
    const { target } = event;
    if (target.matches("[data-select-all]")) {
      for (const row of this.window.rows()) this.selection.toggle(row, target.checked);
      return;
    }
    const row = target.closest("[data-row]");
    if (row && target.matches("input[type=checkbox]")) this.selection.toggle(row, target.checked);
  }

  search(event) {
    if (!event.target.matches("[data-search]") || event.isComposing) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(event.target.form), SEARCH_WAIT);
  }

  find(form) {
    const given = new URLSearchParams(new FormData(form));
    if (!given.get("q")) given.delete("q");
    this.load(`${form.action}?${given}`);
  }

  ask(name, ids) {
    if (name === "merge" && this.selection.isAll) return;
    openAct(name, ids, this.selection, (id) => this.window.find(id), this.back);
  }

  submit(event) {
    const form = event.target;
    if (form.matches("[data-search-form]")) {
      event.preventDefault();
      this.find(form);
    } else if (form.matches("[data-view-form]")) {
      form.elements.address.value = this.back;
    } else if (form.matches("[data-tries]")) {
      event.preventDefault();
      tryOut(form, new FormData(form, event.submitter), this.back, (content) => this.toast(content));
    } else if (form.matches("form.what-if")) {
      event.preventDefault();
      this.send(form.getAttribute("action"), new FormData(form, event.submitter));
    } else if (isForAll(form, this.selection)) {
      event.preventDefault();
      const data = new FormData(form, event.submitter);
      form.closest("dialog")?.close();
      tryAll(data, this);
    } else if (form.matches("[data-queue-act], [data-bar]")) {
      event.preventDefault();
      const data = new FormData(form, event.submitter);
      if (form.matches("[data-bar]")) {
        data.delete("ids");
        for (const id of this.selection.ids) data.append("ids", id);
      }
      form.closest("dialog")?.close();
      this.send(form.getAttribute("action"), data);
    }
  }

  /** Gives the focus back to the row that is current. */
  goBack() {
    this.current?.querySelector(".title").focus({ preventScroll: true });
  }

  split(id) {
    return openSplit(id, (content) => this.toast(content));
  }

  /** Does an act on the targets. */
  act(name) {
    const data = new FormData();
    data.set("act", name);
    if (this.selection.isAll) return tryAll(data, this);
    for (const id of this.targets) {
      data.append("ids", id);
      data.append("seen", seen(name, this.window.find(id)));
    }
    const token = document.querySelector("[data-bar] [name=csrf]");
    if (token) data.set("csrf", token.value);
    this.send(document.querySelector("[data-bar]").getAttribute("action"), data);
  }

  async send(url, data) {
    data.set("back", this.back);
    const { ok, isAway, content } = await fetchPart(url, { method: "POST", body: new URLSearchParams(data) });
    if (isAway) return;
    const acted = content.querySelector("[data-acted]");
    if (ok && followMany(content, this)) return;
    if (!ok || !acted) return showWhatIf(content) || this.toast(content);
    closeWhatIf();
    const gone = acted.dataset.gone.split(" ").filter(Boolean);
    const rows = [...acted.querySelectorAll("[data-row]")];
    this.preview.forget([...gone, ...rows.map((row) => row.dataset.row)]);
    const next = this.successor(gone);
    for (const id of gone) this.window.find(id)?.remove();
    for (const row of rows) this.put(row);
    this.selection.clear(this.window.rows());
    document.getElementById("queue-lead").replaceWith(acted.querySelector("#queue-lead"));
    for (const count of acted.querySelectorAll("[data-count-of]")) {
      const shown = this.queue.querySelector(`[data-count-of="${count.dataset.countOf}"]`);
      if (shown) shown.textContent = count.textContent;
    }
    const waiting = acted.querySelector("[data-live-count]");
    for (const shown of document.querySelectorAll("nav [data-live-count=queue]")) {
      shown.textContent = waiting.textContent;
      shown.hidden = !waiting.textContent;
    }
    this.toast(acted.querySelector("[data-toast]"));
    if (!this.window.rows().length) return this.load(location.href, false);
    this.current = null;
    const row = this.window.find(next) ?? this.window.rows()[0];
    this.choose(row, 0);
    row.querySelector(".title").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  put(row) {
    const old = this.window.find(row.dataset.row);
    if (old) old.replaceWith(row);
    else this.window.insert(row);
    this.dress([row]);
  }

  /** Tells which row is current once some are gone. */
  successor(gone) {
    const rows = this.window.rows();
    const at = Math.max(0, rows.findIndex((row) => row.dataset.row === this.currentId));
    const stays = (row) => !gone.includes(row.dataset.row);
    return (rows.slice(at).find(stays) ?? rows.slice(0, at).findLast(stays))?.dataset.row ?? "";
  }

  toast(content) {
    const place = document.getElementById("queue-toasts");
    const made = content?.matches?.("[data-toast]") ? content : content?.querySelector("[data-toast]");
    const toast = made ?? document.createElement("div");
    if (!made) {
      toast.className = "toast";
      toast.dataset.toast = "";
      toast.append(content ?? "");
    }
    place.replaceChildren(toast);
    letGo(toast);
  }

  async load(url, isNew = true) {
    const mark = ++this.asked;
    const { ok, isAway, isSignedOut, content } = await whileFading(this.queue, () => fetchPart(url));
    if (mark !== this.asked || isAway || isSignedOut) return;
    // What is shown stays where there is nothing better.
    if (!ok) return this.toast(content);
    if (isNew) history.pushState(null, "", url);
    // What is being typed stays in its field, or an input method would lose its place.
    const isTyping = document.activeElement?.matches?.("[data-search]");
    for (const part of isTyping ? ["#queue-lead", ".chips", "#queue-columns", "#queue-back"] : []) {
      this.queue.querySelector(part).replaceWith(content.querySelector(part));
    }
    if (!isTyping) this.queue.replaceChildren(content);
    this.preview.clear();
    this.selection.clear([]);
    this.open();
  }
}

const READING = new Set(["j", "k", "Enter", "Escape"]);

const KEYS = {
  j: (queue) => queue.move(1),
  k: (queue) => queue.move(-1),
  x: (queue) => queue.current && queue.selection.toggle(queue.current),
  X: (queue) => queue.current && queue.selection.extend(queue.window.allRows(), queue.current),
  e: (queue) => {
    const box = document.querySelector("[data-label-box]");
    if (queue.selection.ids.length || !queue.preview.isShown || !box) return queue.ask("label", queue.targets);
    if (document.querySelector("#queue-preview.stale")) return;
    box.focus();
    box.select();
  },
  a: (queue) => queue.ask("assign", queue.targets),
  m: (queue) => queue.ask("merge", queue.targets),
  z: (queue) => (queue.current?.dataset.snoozed && !queue.selection.ids.length ? queue.act("unsnooze") : queue.ask("snooze", queue.targets)),
  i: (queue) => queue.act(queue.current?.dataset.ignored ? "unignore" : "ignore"),
  s: (queue) => queue.split(queue.currentId),
  Enter: (queue, event) => {
    if (event.target !== document.body && !event.target.matches("main")) return false;
    queue.current?.querySelector(".title").click();
  },
  Escape: (queue) => (queue.selection.ids.length ? queue.selection.clear(queue.window.rows()) : false),
};
