const AGAIN = 30_000;

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
  }

  follow() {
    if (document.hidden || this.isOver) return this.close();
    if (this.source) return;
    this.source = new EventSource(this.address);
    for (const name of ["changes", "behind", "state"]) this.source.addEventListener(name, (event) => this.tell(name, event));
    this.source.addEventListener("bye", () => this.end());
    this.source.addEventListener("error", () => {
      if (this.source?.readyState !== EventSource.CLOSED) return;
      // Refused: too many pages are open, or the server is being started. A browser does not try again by itself.
      this.close();
      this.timer = setTimeout(() => this.follow(), AGAIN * (1 + Math.random()));
    });
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
    const note = document.getElementById("live-note");
    note.textContent = note.dataset.signedOut;
    note.hidden = false;
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
