/** Who is signed in on this browser. The tokens are the API's; the name is for show. */

import { lasting } from "./store.js";

export function token() {
  return lasting.get("session")?.token ?? null;
}

/** Empty where nobody is signed in, or was by an earlier version of this page. */
export function userId() {
  return lasting.get("session")?.id ?? "";
}

export function userName() {
  return lasting.get("session")?.name ?? "";
}

/** What the API answered when somebody signed in, or was renewed. All tabs of the browser share it. */
export function remember({ access_token: access, refresh_token: refresh, expires_in: seconds, user }) {
  // At half its life a token is renewed: long before it dies, and not at every page.
  lasting.set("session", { token: access, refresh, renewAt: Date.now() + 500 * seconds, id: user.id, name: user.name });
}

export function rename(name) {
  lasting.set("session", { ...lasting.get("session"), name });
}

/** `refresh` is null where the tokens are from a server that knew no renewal; `isDue` says that it is time for it. */
export function renewable() {
  const { refresh = null, renewAt = 0 } = lasting.get("session") ?? {};
  return { refresh, isDue: refresh !== null && Date.now() > renewAt };
}

export function forget() {
  lasting.remove("session");
}

/** A path on this site to return to, never another site's address; `/.//example.org` would become one. */
export function safePath(path, otherwise = "/library") {
  try {
    const url = new URL(path, location.origin);
    const isHere = path && url.origin === location.origin && path.startsWith("/") && !url.pathname.startsWith("//");
    return isHere ? url.pathname + url.search : otherwise;
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
