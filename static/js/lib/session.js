/** Who is signed in on this browser. The token is the API's; the name is for show. */

import { lasting } from "./store.js";

export function token() {
  return lasting.get("session")?.token ?? null;
}

export function userName() {
  return lasting.get("session")?.name ?? "";
}

export function remember(accessToken, name) {
  lasting.set("session", { token: accessToken, name });
}

export function forget() {
  lasting.remove("session");
}

/** A path on this site to return to, never another site's address. */
export function safePath(path, otherwise = "/library") {
  try {
    const url = new URL(path, location.origin);
    return path && url.origin === location.origin && path.startsWith("/") ? url.pathname + url.search : otherwise;
  } catch {
    return otherwise;
  }
}

export function goToSignIn(returnTo = location.pathname + location.search) {
  location.assign(`/sign-in?next=${encodeURIComponent(returnTo)}`);
}

/** Sends a stranger to the sign-in page. Pages that are for hosts alone start with this. */
export function requireUser() {
  if (token()) return true;
  goToSignIn();
  return false;
}
