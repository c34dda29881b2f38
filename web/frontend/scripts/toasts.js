const SECONDS = 10;

/** Lets a toast go after ten seconds, and takes it out of the address so that a reload does not repeat it. */
export function watchToasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    const url = new URL(location.href);
    url.searchParams.delete("done");
    history.replaceState(history.state, "", url);
    letGo(toast);
  }
}

/** Takes a toast away after ten seconds, or later where somebody is about to press what is in it. */
export function letGo(toast) {
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
  if (toast.matches("[data-stays]")) return;
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, SECONDS * 1000);
}
