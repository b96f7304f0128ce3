/**
 * A player's pass to a room: what lets this browser come back as the same person.
 *
 * The tab's own pass comes first, so that three tabs are three players; the lasting ones are for a phone
 * whose browser threw the tab away.
 */

import { lasting, tab } from "../lib/store.js";

const ROOMS_KEPT = 10;

export function pass(code) {
  const key = `pass.${code}`;
  const wish = `name.${code}`;
  const others = () => (lasting.get("passes") ?? []).filter((known) => known.code !== code);
  const kept = () => (lasting.get("passes") ?? []).find((known) => known.code === code) ?? null;
  return {
    /** `{token, name}` of an earlier visit to this room with this browser, or null. */
    known: () => tab.get(key) ?? kept(),

    /** The next visit is by this name, whoever was here before. */
    enterAs(name) {
      tab.remove(key);
      tab.remove(`end.${code}`);
      tab.set(wish, name);
    },

    comeBack() {
      tab.set(key, this.known());
    },

    /** What to tell the server: a token, else a name, else null. */
    credentials() {
      const name = tab.get(wish);
      const own = tab.get(key) ?? (name ? null : kept());
      if (own?.token) return { resume_token: own.token };
      return name ? { username: name } : null;
    },

    keep(token, name) {
      tab.remove(wish);
      tab.set(key, { token, name });
      lasting.set("passes", [{ code, token, name }, ...others()].slice(0, ROOMS_KEPT));
    },

    /** The lasting pass goes only if it is this tab's: another tab may be another player. */
    forget() {
      const own = tab.get(key);
      if (!own || own.token === kept()?.token) lasting.set("passes", others());
      tab.remove(key);
      tab.remove(wish);
    },
  };
}
