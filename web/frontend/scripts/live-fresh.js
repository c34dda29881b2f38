const EVERY = 15_000;
const SOON = 1_500;

/**
 * Keeps parts of a page that only show numbers as they are now: those marked `data-fresh`, by the name in it. What is
 * pointed at, has the focus or is folded out stays until it is left alone, so that nothing moves under the reader.
 */
export function watchFresh() {
  let timer;
  const again = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  };
  const look = async () => {
    if (!document.hidden && parts().length) await renew();
    again(EVERY);
  };
  document.addEventListener("kea:state", () => again(SOON));
  document.addEventListener("visibilitychange", () => document.hidden || again(SOON));
  again(EVERY);
}

const parts = () => [...document.querySelectorAll("[data-fresh]")];
const isInUse = (part) => part.matches(":hover, :focus-within") || part.querySelector("details[open]");

async function renew() {
  const asked = location.href;
  let page;
  try {
    const answer = await fetch(asked, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // The server is away, which other modules tell.
  }
  if (asked !== location.href) return;
  for (const part of parts()) {
    const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (fresh && !isInUse(part) && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
}
