import { fetchPart } from "./queue-parts.js";

const AHEAD = "1200px 0px";
const KEPT = "2400px 0px";

/** The list as a window: pages come while one scrolls, and far ones rest as text, so that the page stays small. */
export class QueueWindow {
  /** `dress` is called with rows that were put in. */
  constructor(dress) {
    this.dress = dress;
    this.resting = new Map();
    this.restingIds = new Map();
    this.heights = new IntersectionObserver((entries) => this.follow(entries), { rootMargin: KEPT });
    this.ends = new IntersectionObserver((entries) => this.reach(entries), { rootMargin: AHEAD });
  }

  /** Begins anew with what the page holds now. */
  open() {
    this.heights.disconnect();
    this.ends.disconnect();
    this.resting.clear();
    this.restingIds.clear();
    this.root = document.getElementById("queue-rows");
    if (this.root) this.watch(this.root);
  }

  watch(root) {
    for (const chunk of root.querySelectorAll("[data-chunk]")) this.heights.observe(chunk);
    for (const more of root.querySelectorAll("[data-more]")) this.ends.observe(more);
    this.dress([...root.querySelectorAll("[data-row]")]);
  }

  follow(entries) {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting) this.wake(target);
      else if (target.isConnected && !target.contains(document.activeElement)) this.rest(target, boundingClientRect.height);
    }
  }

  rest(chunk, height) {
    if (this.resting.has(chunk) || !height) return;
    this.resting.set(chunk, chunk.innerHTML);
    this.restingIds.set(chunk, new Set([...chunk.querySelectorAll("[data-row]")].map((row) => row.dataset.row)));
    chunk.style.height = `${height}px`;
    chunk.replaceChildren();
  }

  wake(chunk) {
    const html = this.resting.get(chunk);
    if (html === undefined) return;
    this.resting.delete(chunk);
    this.restingIds.delete(chunk);
    chunk.innerHTML = html;
    chunk.style.height = "";
    this.dress([...chunk.children]);
  }

  reach(entries) {
    for (const { target, isIntersecting } of entries) if (isIntersecting) this.load(target);
  }

  async load(more) {
    this.ends.unobserve(more);
    try {
      const { ok, content } = await fetchPart(more.dataset.more, { stays: true });
      if (!ok || !more.isConnected) return;
      // The order may have changed between two pages: what came down is there already.
      for (const row of content.querySelectorAll("[data-row]")) if (this.holds(row.dataset.row)) row.remove();
      const chunks = [...content.children];
      more.replaceWith(content);
      for (const chunk of chunks) {
        if (chunk.matches("[data-chunk]")) this.heights.observe(chunk);
        if (chunk.matches("[data-more]")) this.ends.observe(chunk);
        this.dress([...chunk.querySelectorAll("[data-row]")]);
      }
    } catch {
      // The link stays: it loads the rest when it is pressed.
    }
  }

  /** Whether a row was loaded, also where it rests. */
  holds(id) {
    if (this.root.querySelector(`[data-row="${CSS.escape(id)}"]`)) return true;
    return [...this.restingIds.values()].some((ids) => ids.has(id));
  }

  /** Finds a row, also one that rests. */
  find(id) {
    const selector = `[data-row="${CSS.escape(id)}"]`;
    for (const [chunk, html] of this.resting) if (html.includes(`data-row="${id}"`)) this.wake(chunk);
    return this.root?.querySelector(selector) ?? null;
  }

  rows() {
    return this.root ? [...this.root.querySelectorAll("[data-row]")] : [];
  }

  /** All rows that were loaded: those that rest are woken, and rest again once the page is drawn. */
  allRows() {
    for (const chunk of [...this.resting.keys()]) {
      this.wake(chunk);
      this.heights.unobserve(chunk);
      this.heights.observe(chunk);
    }
    return this.rows();
  }

  /** The row before or behind another one. */
  beside(row, step) {
    const rows = this.rows();
    if (!rows.length) return null;
    const at = rows.indexOf(row);
    return at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  }

  /** Whether a row that is not there stands within what was loaded. */
  wouldShow(row) {
    const last = [...(this.root?.querySelectorAll("[data-chunk]") ?? [])].at(-1);
    if (!last || !this.root.querySelector("[data-more]")) return true;
    this.wake(last);
    return !last.lastElementChild || precedes(row, last.lastElementChild);
  }

  /** Puts a row that came back where the order wants it, if that part of the list is there. */
  insert(row) {
    const before = this.rows().find((each) => precedes(row, each));
    if (before) before.before(row);
    else if (!this.root?.querySelector("[data-more]")) [...(this.root?.querySelectorAll("[data-chunk]") ?? [])].at(-1)?.append(row);
    this.dress([row]);
  }
}

function precedes(one, other) {
  const [a, b] = [Number(one.dataset.place), Number(other.dataset.place)];
  return a === b ? number(one) < number(other) : a > b;
}

function number(row) {
  return Number(row.dataset.row.split("-")[1]);
}
