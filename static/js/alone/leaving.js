/**
 * Whether the person is still here, for a quiz in which leaving the tab hands in.
 *
 * Another tab, another app or a locked phone hide the page without unloading it. Reloading unloads it and is no
 * leaving; going to another address is, which only shows once the person is back.
 */

import { lasting } from "../lib/store.js";

/**
 * `left()` is called where the tab is left while `isOn()`. Returns whether it was left before this page was loaded.
 * `key` is where the browser remembers that the page was unloaded; where leaving does not count nothing is done.
 */
export function watchLeaving(left, { counts, key, isOn }) {
  if (!counts) return false;
  const wasUnloaded = Boolean(lasting.take(key));
  let unloading = false;
  addEventListener("pagehide", () => {
    unloading = true;
    if (isOn()) lasting.set(key, true);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    lasting.remove(key);
    left();
  });
  addEventListener("beforeunload", (event) => isOn() && event.preventDefault());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !unloading) left();
  });
  return wasUnloaded && performance.getEntriesByType("navigation")[0]?.type !== "reload";
}
