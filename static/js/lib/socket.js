/**
 * A WebSocket that comes back.
 *
 * `onStatus` hears what is true of the connection, and nothing rosier:
 *   {state: "connecting"}            the first attempt is under way
 *   {state: "open"}                  the server has spoken
 *   {state: "waiting", attempt}      lost; another attempt follows
 *   {state: "refused", code, reason} the server does not want this connection (close 1003 or 1008)
 *   {state: "elsewhere", reason}     the same person has opened the room in another place (close 4001)
 *   {state: "ended", reason}         the server closed it in good order (close 1000)
 */

const REFUSALS = [1003, 1008];
const TAKEN_OVER = 4001;
const FIRST_PAUSE = 0.5;
const LONGEST_PAUSE = 20;
const HEARTBEATS_MISSED = 2.5;

/** `heartbeat` is the server's interval in seconds; `address` is asked anew for every attempt, and may be a promise. */
export function openSocket({ address, heartbeat, onMessage, onStatus, random = Math.random }) {
  let socket = null;
  let attempt = 0;
  let retry = 0;
  let silence = 0;
  let lastError = "";
  let finished = false;

  async function connect() {
    clearTimeout(retry);
    retry = 0;
    const where = await address();
    if (finished) return;
    const current = new WebSocket(where);
    socket = current;
    listenForSilence();
    current.onmessage = (event) => current === socket && receive(event.data);
    current.onclose = (event) => current === socket && closed(event);
  }

  function receive(text) {
    listenForSilence();
    const message = parse(text);
    if (!message) return;
    lastError = message.type === "error" ? message.message : "";
    if (attempt !== null && !lastError) {
      attempt = null;
      onStatus({ state: "open" });
    }
    onMessage(message);
  }

  function closed(event) {
    clearTimeout(silence);
    if (finished) return;
    const verdict = verdictOf(event.code);
    if (verdict) {
      finished = true;
      onStatus({ state: verdict, code: event.code, reason: event.reason || lastError });
      return;
    }
    attempt = (attempt ?? 0) + 1;
    onStatus({ state: "waiting", attempt });
    // At once, then with growing pauses: most cuts are a blink.
    const pause = attempt === 1 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 2));
    retry = setTimeout(connect, pause * (0.5 + random()) * 1000);
  }

  function listenForSilence() {
    clearTimeout(silence);
    silence = setTimeout(abandon, HEARTBEATS_MISSED * heartbeat * 1000);
  }

  /** A dead line may take minutes to report itself closed; this does not wait for that. */
  function abandon() {
    const old = socket;
    socket = null;
    old.close();
    if (!finished) closed({ code: 1006, reason: "" });
  }

  function connectNow() {
    if (retry && !finished) connect();
  }

  addEventListener("online", connectNow);
  document.addEventListener("visibilitychange", () => document.hidden || connectNow());

  onStatus({ state: "connecting" });
  connect();

  return {
    /** False where the connection is not open: nothing was sent. */
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    close() {
      finished = true;
      clearTimeout(retry);
      clearTimeout(silence);
      socket?.close(1000);
    },
  };
}

export function socketAddress(path, query) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}${path}?${new URLSearchParams(query)}`;
}

/** What a close code settles for good; null where it is worth trying again. */
function verdictOf(code) {
  if (code === 1000) return "ended";
  if (code === TAKEN_OVER) return "elsewhere";
  return REFUSALS.includes(code) ? "refused" : null;
}

function parse(text) {
  try {
    const message = JSON.parse(text);
    return message && typeof message.type === "string" ? message : null;
  } catch {
    return null;
  }
}
