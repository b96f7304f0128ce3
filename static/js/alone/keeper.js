/** Keeps the answers so far on the server too, a moment after the last change, for another device or a lost browser. */

import { call } from "../lib/api.js";

const PAUSE = 1000; // milliseconds without a change
const AGAIN = 10000; // milliseconds until what could not be kept is tried again

/** `onKept(answers)` and `onFailed(error)` hear what came of it. Returns `{keep(answers), stop()}`. */
export function openKeeper({ quizId, onKept, onFailed }) {
  const path = `/quizzes/${encodeURIComponent(quizId)}/attempt`;
  let timer = 0;
  let sending = Promise.resolve();
  const stopped = new AbortController();

  function keep(answers, pause = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(() => (sending = sending.then(() => send(answers))), pause);
  }

  async function send(answers) {
    if (stopped.signal.aborted) return;
    try {
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(AGAIN)]);
      await call("PUT", path, { body: { answers }, stay: true, signal });
      onKept(answers);
    } catch (error) {
      if (stopped.signal.aborted) return;
      onFailed(error);
      keep(answers, AGAIN);
    }
  }

  return {
    keep,
    stop() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}
