/** Numbers and dates as people say them. */

const NUMBERS = new Intl.NumberFormat("en");
const SCORES = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES = { one: "st", two: "nd", few: "rd", other: "th" };

export const number = (value) => NUMBERS.format(value);

export const ordinal = (value) => `${number(value)}${SUFFIXES[ORDINALS.select(value)]}`;

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

export const percent = (part, whole) => (whole ? Math.round((100 * part) / whole) : 0);

export const dateAndTime = (iso) =>
  new Date(iso).toLocaleString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });

/** Marks and scores, which may be fractions: at most two places, and none that say nothing. */
export const score = (value) => SCORES.format(value);

/** Minutes as "45 seconds", "12 minutes" or "2 days". */
export function lasting(minutes) {
  if (minutes < 1) return plural(Math.max(1, Math.round(minutes * 60)), "second");
  if (minutes < 120) return plural(Math.round(minutes), "minute");
  if (minutes < 48 * 60) return plural(Math.round(minutes / 6) / 10, "hour");
  return plural(Math.round(minutes / 144) / 10, "day");
}

/** The text with a full stop, or `otherwise` where there is none. */
export function sentence(text, otherwise = "") {
  const said = (text ?? "").trim();
  return !said || /[.!?…]$/.test(said) ? said || otherwise : `${said}.`;
}

/** "AB12CD34" as "AB12 CD34": two halves are easier to read aloud and to type. */
export const spacedCode = (code) => (code.length === 8 ? `${code.slice(0, 4)} ${code.slice(4)}` : code);

export const cleanCode = (text) => text.replace(/[^a-z0-9]/gi, "").toUpperCase();
