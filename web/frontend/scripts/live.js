import { tellSignedOut } from "./signed-out.js";

const AGAIN = [2_000, 5_000, 30_000];

/**
 * Follows what changes in the project while the page is seen, and tells it to the other modules as events of the
 * document: `kea:changes` (acts and categories), `kea:behind` (more than can be told), `kea:state` (counts).
 */
export function watchLive() {
  const { events } = document.body.dataset;
  if (!events) return;
  const stream = new Stream(events);
  document.addEventListener("visibilitychange", () => stream.follow());
  // A page that rests for the way back keeps no connection open.
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", () => stream.follow());
  document.addEventListener("kea:state", ({ detail }) => showState(detail));
  stream.follow();
}

class Stream {
  constructor(address) {
    this.address = new URL(address, location.href);
    this.source = null;
    this.isOver = false;
    this.refused = 0;
  }

  follow() {
    if (document.hidden || this.isOver) return this.close();
    if (this.source) return;
    this.source = new EventSource(this.address);
    this.source.addEventListener("open", () => {
      this.refused = 0;
    });
    for (const name of ["changes", "behind", "state"]) this.source.addEventListener(name, (event) => this.tell(name, event));
    this.source.addEventListener("bye", () => this.end());
    this.source.addEventListener("error", () => {
      if (this.source?.readyState !== EventSource.CLOSED) return;
      // Refused. A browser does not try again by itself, and does not say why.
      this.close();
      const pause = AGAIN[Math.min(this.refused++, AGAIN.length - 1)];
      this.timer = setTimeout(() => this.follow(), pause * (1 + Math.random()));
      this.askWhy();
    });
  }

  /** Ends it where the reader is signed out; too many open pages, or a server that is being started, pass. */
  async askWhy() {
    const asked = new AbortController();
    try {
      const { status } = await fetch(this.address, { signal: asked.signal, headers: { Accept: "text/event-stream" } });
      if (status === 401) this.end();
    } catch {
      // The server is away.
    } finally {
      asked.abort();
    }
  }

  tell(name, event) {
    const detail = JSON.parse(event.data);
    if (detail.number !== undefined) this.address.searchParams.set("since", detail.number);
    document.dispatchEvent(new CustomEvent(`kea:${name}`, { detail }));
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  end() {
    this.isOver = true;
    this.close();
    tellSignedOut();
  }
}

function showState(state) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const count of document.querySelectorAll("[data-live-count]")) {
    const n = state[count.dataset.liveCount];
    count.textContent = n ? numbers.format(n) : "";
    count.hidden = !n;
  }
  for (const dot of document.querySelectorAll("[data-live-ingest]")) dot.hidden = state.ingest !== "late";
}
