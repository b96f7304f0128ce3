/**
 * Staying signed in: a new access token before the old one dies, and where it has died already.
 *
 * A refresh token is good once. Tabs take turns where the browser can make them; where it cannot, as on plain HTTP, the
 * server gives those that come at the same moment the same new one.
 */

import { remember, renewable, token } from "./session.js";

const PAUSES = [1000, 3000]; // milliseconds: an answer that was lost on its way is still to be had for some seconds
const PATIENCE = 10000; // milliseconds for one answer
const ANOTHER_TAB = 1500; // milliseconds in which another tab will have stored what it got

/** The server answered, and could not do it now. The message is its sentence for a person. */
export class NotNow extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

let renewing = null;

/** The token to send, which is renewed first where it is time for that. Null where nobody is signed in. */
export async function freshToken() {
  if (renewable().isDue) await renewed(token());
  return token();
}

/**
 * Whether there is another token than `used`, which the server did not take, or which is old. Rejects where the server
 * cannot be asked, with `NotNow` where it says why.
 */
export function renewed(used) {
  renewing ??= inTurn(() => renewUnlessDone(used)).finally(() => (renewing = null));
  return renewing;
}

function inTurn(work) {
  return navigator.locks ? navigator.locks.request("quizzler.renewal", work) : work();
}

async function renewUnlessDone(used) {
  if (token() !== used) return token() !== null;
  const { refresh } = renewable();
  if (refresh === null) return false;
  const response = await ask(refresh);
  if (response.ok) {
    const answer = await response.json();
    // Whoever signed out, or in as somebody else, in the meantime is not to be overruled.
    if (renewable().refresh === refresh) remember(answer);
    return token() !== null;
  }
  if (response.status !== 401) throw await notNow(response);
  // Perhaps the password was changed in another tab, which has a new pair then.
  await pause(ANOTHER_TAB);
  return token() !== null && token() !== used;
}

async function notNow(response) {
  const { detail } = await response.json();
  return detail ? new NotNow(detail, response.status) : new Error("No answer of this server's");
}

async function ask(refresh) {
  for (const milliseconds of PAUSES) {
    try {
      return await askOnce(refresh);
    } catch {
      await pause(milliseconds);
    }
  }
  return askOnce(refresh);
}

const askOnce = (refresh) =>
  fetch("/auth/renew", {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: refresh }),
    signal: AbortSignal.timeout(PATIENCE),
  });

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
