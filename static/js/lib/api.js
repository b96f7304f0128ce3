/** The REST API: JSON in, JSON out, and every failure as a sentence for a person. */

import { sentence } from "./format.js";
import { freshToken, NotNow, renewed } from "./renewal.js";
import { forget, goToSignIn, token } from "./session.js";

// Milliseconds that a page waits by itself where it has asked for too much, and how often.
const LONGEST_WAIT = 5000;
const TRIES = 3;
const UNREACHABLE = "The server cannot be reached. Check your connection and try again.";

export class ApiError extends Error {
  /**
   * `status` is 0 where no answer came; `fields` are the entries of a 422: `{loc, msg, type}`; `rows` those of a file
   * that could not be read: `{row, message}`. What the server says without a full stop gets one here.
   */
  constructor(said, status, { fields = [], rows = [] } = {}) {
    super(sentence(said));
    this.status = status;
    this.fields = fields.map((entry) => ({ ...entry, msg: sentence(entry.msg) }));
    this.rows = rows.map((entry) => ({ ...entry, message: sentence(entry.message) }));
  }
}

/**
 * `body`: anything that JSON can say, or a `FormData`.
 * `strangerMayTry`: sent without a token, and a 401 is the caller's to explain, as on the sign-in page.
 * `stay`: a dead token is an error like any other, where leaving the page would lose work.
 * `keepalive`: sent even where the page is left at once. `signal`: an `AbortSignal`; giving up is a failure too.
 */
export async function call(method, path, options = {}) {
  const response = await patiently(method, path, options);
  const answer = await readJson(response);
  if (response.ok && answer !== null) return answer;
  throw await failure(response.status, answer, options);
}

export const get = (path, options) => call("GET", path, options);

/** A file: `{blob, name}`. */
export async function download(path) {
  const response = await send("GET", path, {});
  if (!response.ok) throw await failure(response.status, await readJson(response), {});
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  return { blob: await response.blob(), name: name ? decodeURIComponent(name[1]) : "download" };
}

/** What is only looked up is asked for again, where a whole school behind one address has asked for too much. */
async function patiently(method, path, options) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(method, path, options);
    const pause = 1000 * Number(response.headers.get("Retry-After") ?? 0);
    const mayTry = method === "GET" && response.status === 429 && attempt < TRIES;
    if (!mayTry || !(pause <= LONGEST_WAIT)) return response;
    await new Promise((resolve) => setTimeout(resolve, pause * (1 + Math.random())));
  }
}

/** With a token that is renewed where that is due, or where the server does not take it. */
async function send(method, path, options) {
  const { strangerMayTry = false, keepalive = false } = options;
  try {
    if (strangerMayTry) return await sendOnce(method, path, options, null);
    // A page that is being left has no time to ask for another token first.
    const sent = keepalive ? token() : await freshToken().catch(token);
    const response = await sendOnce(method, path, options, sent);
    if (response.status !== 401 || !sent || !(await renewed(sent))) return response;
    return await sendOnce(method, path, options, token());
  } catch (error) {
    throw error instanceof NotNow ? new ApiError(error.message, error.status) : new ApiError(UNREACHABLE, 0);
  }
}

function sendOnce(method, path, { body, keepalive = false, signal }, sent) {
  const headers = { Accept: "application/json" };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  if (sent) headers.Authorization = `Bearer ${sent}`;
  return fetch(path, {
    method,
    headers,
    body: body === undefined || isForm ? body : JSON.stringify(body),
    keepalive,
    signal,
  });
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** The error of an answer; where the token is dead, the way to the sign-in page instead, which never comes back. */
function failure(status, answer, { strangerMayTry, stay }) {
  if (status === 401 && stay)
    return new ApiError("You are signed out. Sign in in another tab, then try again here.", 401);
  if (status === 401 && !strangerMayTry) {
    forget();
    goToSignIn();
    return new Promise(() => {});
  }
  const detail = answer?.detail;
  if (Array.isArray(detail))
    return new ApiError(detail[0]?.msg ?? "Something in the form is not right.", status, { fields: detail });
  const said = detail || "Something went wrong on the server. Please try again.";
  return new ApiError(said, status, { rows: answer?.rows ?? [] });
}
