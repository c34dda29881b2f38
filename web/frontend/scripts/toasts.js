const SECONDS = 10;

/** Lets a toast go after ten seconds, and takes it out of the address so that a reload does not repeat it. */
export function watchToasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    const url = new URL(location.href);
    url.searchParams.delete("done");
    history.replaceState(history.state, "", url);
    const timer = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      clearInterval(timer);
      toast.remove();
    }, SECONDS * 1000);
  }
}
