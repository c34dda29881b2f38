import { fetchPart } from "./queue-parts.js";

/**
 * Asks for the answers that a correction would change, once what it would move is shown inside of `place`:
 * `data-asks` on its form has the address. Each part that comes back is put where one with its id is. Until then the
 * correction cannot be agreed to; if nothing comes back, the reader is told so and may agree all the same.
 */
export function askForAnswers(place) {
  const form = place.querySelector("form[data-asks]");
  if (!form) return;
  const url = form.dataset.asks;
  form.removeAttribute("data-asks");
  const panel = form.querySelector("#panel-answers");
  const waiting = [...panel.childNodes];
  const failed = panel.querySelector("template");
  const left = new AbortController();
  form.closest("dialog")?.addEventListener("close", () => left.abort(), { once: true });

  async function ask() {
    const body = new URLSearchParams({ replay: form.elements.replay.value });
    try {
      const { ok, content } = await fetchPart(url, { method: "POST", body, signal: left.signal });
      if (!form.isConnected) return;
      if (ok && content.querySelector("#panel-answers")) putInPlace(content);
      else tellFailure(content.querySelector("[data-refused]"));
    } catch (error) {
      if (!left.signal.aborted) throw error;
      return;
    }
    panel.removeAttribute("aria-busy");
    form.querySelector("button.primary").disabled = false;
  }

  function putInPlace(content) {
    for (const part of content.children) {
      const place = part.id && form.querySelector(`#${CSS.escape(part.id)}`);
      if (place) place.replaceChildren(...part.childNodes);
    }
  }

  /** Says why there are no answers, where it is seen, and offers to ask once more. */
  function tellFailure(refusal) {
    const note = failed.content.cloneNode(true);
    refusal?.append(note.querySelector("[data-asks-again]"));
    panel.replaceChildren(refusal ?? note);
    setOpen("–");
    form.querySelector("#tab-answers").click();
  }

  function setOpen(text) {
    for (const number of form.querySelectorAll(".numbers .open dd")) number.textContent = text;
  }

  panel.addEventListener("click", (event) => {
    if (!event.target.closest("[data-asks-again]")) return;
    panel.replaceChildren(...waiting);
    setOpen("…");
    panel.setAttribute("aria-busy", "true");
    panel.focus();
    ask();
  });
  ask();
}
