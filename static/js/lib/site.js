/** The frame of every page that is not a stage or a phone: who is signed in, what is theirs, and signing out. */

import { isAdmin } from "./admin.js";
import { call } from "./api.js";
import { byId } from "./dom.js";
import { forget, token, userName } from "./session.js";

export function showSite() {
  const nav = byId("site-nav");
  show(nav, token() ? "in" : "out");
  for (const link of nav.querySelectorAll("a")) {
    if (location.pathname.startsWith(link.getAttribute("href"))) link.setAttribute("aria-current", "page");
  }
  const out = nav.querySelector("[data-action=sign-out]");
  if (userName()) out.title = `Signed in as ${userName()}`;
  out.addEventListener("click", signOut);
  byId("site-menu").addEventListener("click", toggleMenu);
  isAdmin().then((yes) => yes && show(nav, "admin"));
}

/** Where somebody stops being signed in without leaving the page. */
export function showSignedOut() {
  const nav = byId("site-nav");
  for (const item of nav.querySelectorAll("[data-when]")) item.hidden = true;
  show(nav, "out");
}

function show(nav, when) {
  for (const item of nav.querySelectorAll(`[data-when=${when}]`)) item.hidden = false;
}

function toggleMenu({ currentTarget: button }) {
  button.setAttribute("aria-expanded", button.getAttribute("aria-expanded") === "false");
}

/** The browser forgets the token even where the server cannot be told that it is dead. */
async function signOut() {
  try {
    await call("POST", "/auth/signout", { body: {} });
  } catch {
    /* The token then dies of age. */
  }
  forget();
  location.assign("/");
}
