/** The REST API: JSON in, JSON out, and every failure as a sentence for a person. */

import { forget, goToSignIn, token } from "./session.js";

export class ApiError extends Error {
  /** `status` is 0 where no answer came; `fields` are the entries of a 422: `{loc, msg, type}`. */
  constructor(sentence, status, fields = []) {
    super(sentence);
    this.status = status;
    this.fields = fields;
  }
}

/**
 * `strangerMayTry`: sent without a token, and a 401 is the caller's to explain, as on the sign-in page.
 * `stay`: a dead token is an error like any other, where leaving the page would lose work.
 */
export async function call(method, path, { body, strangerMayTry = false, stay = false } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = token();
  if (sent && !strangerMayTry) headers.Authorization = `Bearer ${sent}`;
  const response = await reach(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await readJson(response);
  if (response.ok && answer !== null) return answer;
  if (response.status === 401 && stay) {
    throw new ApiError("You are signed out. Sign in in another tab, then try again here.", 401);
  }
  if (response.status === 401 && !strangerMayTry) {
    forget();
    goToSignIn();
    return new Promise(() => {});
  }
  throw failure(response.status, answer);
}

export const get = (path, options) => call("GET", path, options);

async function reach(path, request) {
  try {
    return await fetch(path, request);
  } catch {
    throw new ApiError("The server cannot be reached. Check your connection and try again.", 0);
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function failure(status, answer) {
  const detail = answer?.detail;
  if (Array.isArray(detail))
    return new ApiError(detail[0]?.msg ?? "Something in the form is not right.", status, detail);
  return new ApiError(detail || "Something went wrong on the server. Please try again.", status);
}
