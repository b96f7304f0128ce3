/** What a new password has to be, and whose a password is. */

import { el } from "./dom.js";

/** bcrypt reads no more than this; the server refuses longer ones rather than ignore their end. */
const LONGEST = 72;
const SHORTEST = 6;

/** A sentence, empty where all is well. */
export function passwordProblem(value) {
  if (value.length < SHORTEST) return `A password has at least ${SHORTEST} characters.`;
  return new TextEncoder().encode(value).length > LONGEST
    ? `That is longer than ${LONGEST} bytes; a shorter one will do.`
    : "";
}

/** Unseen, for password managers: they want to know whose password a form asks for. */
export const ownerField = (user) =>
  el("input", {
    type: "email",
    name: "username",
    autocomplete: "username",
    "aria-label": "E-mail address",
    value: user.email,
    hidden: true,
  });
