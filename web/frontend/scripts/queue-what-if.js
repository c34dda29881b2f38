import { fetchPart, whileFading } from "./queue-parts.js";
import { startWaiting } from "./what_if.js";

const dialog = () => document.getElementById("what-if");

/** Shows what a form of the queue would change, over the list; what is no dialog is given to `refused`. */
export async function tryOut(form, data, back, refused, url = form.getAttribute("action")) {
  data.set("address", back);
  const place = form.closest("dialog") ?? form;
  const left = new AbortController();
  const options = { method: "POST", body: new URLSearchParams(data), signal: left.signal };
  const end = startWaiting(() => left.abort());
  try {
    const { isAway, content } = await whileFading(place, () => fetchPart(url, options));
    if (!isAway && !showWhatIf(content)) refused(content);
  } catch (error) {
    if (!left.signal.aborted) throw error;
  } finally {
    end();
  }
}

/** Fills the dialog, which opens by that; false where the content is none of it. */
export function showWhatIf(content) {
  if (!content.querySelector("#what-if-title")) return false;
  dialog().replaceChildren(content);
  dialog().querySelector("[autofocus]")?.focus();
  return true;
}

/** Closes it once what it showed was done. */
export function closeWhatIf() {
  if (dialog()?.open) dialog().close();
}

/** Opens the templates of a category to choose those that leave it. */
export async function openSplit(id, refused) {
  const place = document.getElementById("queue-split");
  if (!place || !id) return;
  const { ok, isAway, content } = await fetchPart(place.dataset.split.replace("KE-0", id));
  if (isAway) return;
  if (!ok) return refused(content);
  place.replaceChildren(content);
  if (!place.open) place.showModal();
}
