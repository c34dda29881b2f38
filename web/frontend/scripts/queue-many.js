import { fetchPart } from "./queue-parts.js";
import { closeWhatIf, tryOut } from "./queue-what-if.js";

const AGAIN = 700;

/** Whether a form is about all that match, and not about the rows that are selected. */
export function isForAll(form, selection) {
  return selection.isAll && (form.matches("[data-bar]") || Boolean(form.closest("[data-queue-dialog][data-for-all]")));
}

/** Shows to how many an act would be done; the server looks up itself which these are. */
export function tryAll(data, queue) {
  const bar = document.querySelector("[data-bar]");
  for (const name of ["ids", "seen", "back"]) data.delete(name);
  return tryOut(bar, data, queue.back, (content) => queue.toast(content), bar.dataset.many);
}

/** Follows an act on all that match until it ended, then shows the list anew, with what came of it; false for none. */
export function followMany(content, queue) {
  const told = content.querySelector("[data-many]");
  if (!told) return false;
  closeWhatIf();
  queue.selection.clear(queue.window.rows());
  show(told, queue);
  return true;
}

async function show(told, queue) {
  const place = document.getElementById("queue-toasts");
  place.replaceChildren(told);
  while (told.dataset.many === "running") {
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
    const { ok, isSignedOut, content } = await fetchPart(document.querySelector("[data-bar]").dataset.many, { stays: true });
    if (isSignedOut) return;
    const next = ok && content.querySelector("[data-many]");
    if (!next) continue;
    told.replaceWith(next);
    told = next;
  }
  await queue.load(location.href, false);
}
