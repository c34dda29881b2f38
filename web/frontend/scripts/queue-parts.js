/** Fetches a part of a page as htmx would ask for it; a reader who is signed out is led to the sign-in. */
export async function fetchPart(url, options = {}) {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const response = await fetch(url, { ...options, headers });
  if (response.status === 401) location.reload();
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return { ok: response.ok, content: template.content };
}

/** Lets what is shown stay at 60 % while something is on its way for longer than a moment. */
export async function whileFading(element, work) {
  element.classList.add("htmx-request");
  try {
    return await work();
  } finally {
    element.classList.remove("htmx-request");
  }
}
