/**
 * What holds for a quiz that is taken alone, and where trivia is found, by the names of the wire. Pure.
 *
 * Times are ISO 8601 or empty. Numbers are what was typed, so that a field that is being emptied stays empty.
 */

import { dateAndTime, lasting, plural, score } from "../lib/format.js";

/** The server's own limits (quizzler/web/quiz_bodies.py); it has the last word. */
export const LIMITS = { duration: 366 * 24 * 60, mark: 1000, topic: 100 };

export const NEW_SETTINGS = {
  duration: 60,
  start_time: "",
  end_time: "",
  positive_mark: 1,
  negative_mark: 0,
  navigation_type: "omni",
  tab_switch_exit: true,
  is_trivia: false,
  topic: "",
  difficulty: "",
};

export const settingsFromWire = (quiz) =>
  Object.fromEntries(Object.keys(NEW_SETTINGS).map((name) => [name, quiz[name] ?? ""]));

export const settingsToWire = (settings) => ({
  ...settings,
  duration: Number(settings.duration),
  positive_mark: Number(settings.positive_mark),
  negative_mark: Number(settings.negative_mark),
  start_time: settings.start_time || null,
  end_time: settings.end_time || null,
  topic: settings.topic.trim() || null,
  difficulty: settings.difficulty || null,
});

/** Everything that is wrong, as `{name: sentence}`. */
export function checkSettings(settings) {
  const problems = {};
  const { duration, start_time: start, end_time: end } = settings;
  if (!isNumber(duration, 1, LIMITS.duration) || !Number.isInteger(Number(duration)))
    problems.duration = "A quiz lasts a whole number of minutes, at least 1 and at most a year.";
  for (const name of ["positive_mark", "negative_mark"]) {
    if (!isNumber(settings[name], 0, LIMITS.mark)) problems[name] = `Marks are a number from 0 to ${LIMITS.mark}.`;
  }
  if (start && end && Date.parse(end) <= Date.parse(start)) problems.end_time = "It closes before it opens.";
  if (settings.is_trivia && !settings.topic.trim()) problems.topic = "Trivia is found by its topic: name one.";
  return problems;
}

const isNumber = (value, least, most) =>
  String(value).trim() !== "" && Number(value) >= least && Number(value) <= most;

/** The settings in a line. */
export function summaryOf(settings) {
  const { start_time: start, end_time: end, negative_mark: cost } = settings;
  return [
    settings.is_trivia && "public trivia",
    length(Number(settings.duration) || 0),
    start || end ? opening(start, end) : "always open",
    plural(Number(settings.positive_mark) || 0, "mark") + " for right",
    Number(cost) > 0 && `−${score(Number(cost))} for wrong`,
    settings.navigation_type === "linear" ? "only forward" : "in any order",
    settings.tab_switch_exit && "leaving the tab hands in",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Of what is being typed: less than a minute is a mistake, and no number of seconds. */
const length = (minutes) => (minutes < 1 ? plural(minutes, "minute") : lasting(minutes));

const opening = (start, end) =>
  [start && `opens ${dateAndTime(start)}`, end && `closes ${dateAndTime(end)}`].filter(Boolean).join(", ");

/** For a field of the kind `datetime-local`, in this browser's time zone. */
export function toLocal(iso) {
  if (!iso) return "";
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export const fromLocal = (text) => (text ? new Date(text).toISOString() : "");
