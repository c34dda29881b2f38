import { getCookie, setCookie } from "./cookies.js";

/** Tells the server the time zone, so that it writes times as the reader's clock shows them. */
export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && getCookie("kea_zone") !== zone) setCookie("kea_zone", zone);
}
