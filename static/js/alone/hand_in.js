/** Handing in, until the server has it. Sent twice it counts once, so every doubt is answered by sending again. */

import { call } from "../lib/api.js";

const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 30;
const PATIENCE = 15000; // milliseconds for one try: on a dead line an answer would take minutes not to come

/**
 * `onTrouble({sentence, hopeless})` hears of every try that failed: after a hopeless one only `again()` tries again,
 * after the others it goes on by itself. Returns `{again}`.
 */
export function handIn({ quizId, answers, onDone, onTrouble, random = Math.random }) {
  const path = `/quizzes/${encodeURIComponent(quizId)}/submit`;
  let attempt = 0;
  let retry = 0;
  let under = false; // a try is under way
  let over = false;

  async function send() {
    if (under || over) return;
    clearTimeout(retry);
    under = true;
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      await call("POST", path, { body: { answers }, stay: true, keepalive: true, signal });
      over = true;
      onDone();
    } catch (error) {
      const hopeless = !mayPass(error.status);
      if (!hopeless) waitAndSend();
      onTrouble({ sentence: error.message, hopeless });
    } finally {
      under = false;
    }
  }

  function waitAndSend() {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
    attempt += 1;
    retry = setTimeout(send, pause * (0.5 + random()) * 1000);
  }

  addEventListener("online", send);
  send();
  return { again: send };
}

/** No connection, too many at once, or a server in trouble; anything else it means as it says. */
const mayPass = (status) => status === 0 || status === 429 || status >= 500;
