/**
 * The server's clock, as far as a client needs it.
 *
 * A `question` frame says when it starts and what time the server has; the difference to our own
 * clock at its arrival makes the end of the question a moment on our clock.
 */

export const now = () => Date.now() / 1000;

/** Unix seconds on our clock at which the question ends. `received_at` is ours, set when the frame came. */
export function endsAt(frame) {
  const ahead = (frame.server_time ?? frame.timestamp ?? frame.received_at) - frame.received_at;
  return frame.question_start_time + frame.time_limit - ahead;
}

/** Seconds left, never under 0. */
export function secondsLeft(question, at = now()) {
  return Math.max(0, question.endsAt - at);
}

/** Seconds as "4:05", or "1:04:05" from an hour on. A started second counts whole. */
export function clockFace(seconds) {
  const whole = Math.ceil(seconds);
  const two = (part) => String(Math.floor(part)).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Seconds left of a question: "45", and "1:40" from a hundred on. */
export const timeLeft = (seconds) => (seconds > 99 ? clockFace(seconds) : String(Math.ceil(seconds)));

/** Calls `draw(seconds)` now and several times a second until it is told to stop. */
export function countDown(question, draw) {
  const tick = () => draw(secondsLeft(question));
  tick();
  const timer = setInterval(tick, 200);
  return () => clearInterval(timer);
}
