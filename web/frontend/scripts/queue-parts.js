import { tellAway } from "./away.js";
import { tellSignedOut } from "./signed-out.js";
import { keepTyped } from "./typed.js";

/**
 * Fetches a part of a page as htmx would ask for it. A reader who is signed out is led to the sign-in, and what was
 * typed is kept; where the page `stays`, since nobody asked for that look, the reader is told so, and a failure that
 * may pass is told as `isPassing`. A server that does not answer is told to the reader who asked, and as `isAway`.
 */
export async function fetchPart(url, { stays = false, ...options } = {}) {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const template = document.createElement("template");
  let response;
  try {
    response = await fetch(url, { ...options, headers });
    template.innerHTML = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (!stays) tellAway();
    return { ok: false, isAway: true, isPassing: true, isSignedOut: false, content: template.content };
  }
  const isSignedOut = response.status === 401;
  if (isSignedOut && stays) tellSignedOut();
  else if (isSignedOut) leadToSignIn();
  return { ok: response.ok, isAway: false, isPassing: response.status === 429 || response.status >= 500, isSignedOut, content: template.content };
}

let isLeaving = false;

/** Several parts may be refused at once: the page is left once, and what was typed is kept once. */
function leadToSignIn() {
  if (isLeaving) return;
  isLeaving = true;
  keepTyped();
  location.reload();
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
