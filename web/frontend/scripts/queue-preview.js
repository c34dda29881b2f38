import { fetchPart } from "./queue-parts.js";
import { bringBack } from "./typed.js";

const DEBOUNCE = 150;
const KEPT = 20;

/** The preview follows the current row a moment later; the next row's is fetched ahead. */
export class QueuePreview {
  constructor(queue) {
    this.address = queue.dataset.preview;
    this.kept = new Map();
    this.timer = 0;
    this.wanted = "";
  }

  get place() {
    return document.getElementById("queue-preview");
  }

  /** Whether there is room for it beside the list. */
  get isShown() {
    return Boolean(this.place?.checkVisibility?.());
  }

  show(id, next, wait = DEBOUNCE) {
    this.wanted = id;
    clearTimeout(this.timer);
    if (!this.isShown) return;
    this.place.classList.add("stale");
    this.timer = setTimeout(() => this.fill(id, next), wait);
  }

  forget(ids) {
    for (const id of ids) this.kept.delete(id);
  }

  async fill(id, next) {
    const content = await this.fetch(id);
    if (!content || this.wanted !== id || !this.place) return;
    this.place.replaceChildren(content.cloneNode(true));
    this.place.classList.remove("stale");
    this.place.scrollTop = 0;
    bringBack();
    if (next && next !== id) this.fetch(next);
  }

  /** Gives what is shown of a category, or why it cannot be; nothing where the reader is signed out or the server away. */
  async fetch(id) {
    const kept = this.kept.get(id);
    if (kept) return kept;
    const { ok, isSignedOut, content } = await fetchPart(this.address.replace("KE-0", id), { stays: true });
    if (ok) {
      this.kept.set(id, content);
      if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    }
    return isSignedOut || !content.firstElementChild ? null : content;
  }

  clear() {
    this.kept.clear();
    this.wanted = "";
  }
}
