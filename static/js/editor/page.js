/** The quiz editor: the state is drawn, what the author does goes through `reduce`, saving goes to the API. */

import { isAdmin } from "../lib/admin.js";
import { call, get } from "../lib/api.js";
import { byId, el, setText } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { showIn } from "../lib/page.js";
import { requireUser } from "../lib/session.js";
import { showSite } from "../lib/site.js";
import { mountDesk } from "./desk.js";
import { mountHead } from "./head.js";
import { openImport } from "./import.js";
import { mountOutline } from "./outline.js";
import { mountSettings } from "./settings_form.js";
import {
  emptyQuiz,
  fromServer,
  hasProblems,
  noProblems,
  placed,
  problemsOf,
  reduce,
  roomLeft,
  toServer,
} from "./state.js";

const place = byId("editor");
const good = el("p", { class: "notice editor-good", role: "status", hidden: true });
const notice = el("p", { class: "notice notice-wrong", id: "save-problem", role: "alert", hidden: true });

let id = decodeURIComponent(location.pathname.split("/")[2]);
let quiz = null;
let saved = ""; // the quiz as the server has it
let fromThere = null; // problems that the server found, until the next change
let checked = false; // whether the author has asked to save: earlier, gaps are no mistakes
let saving = false;
let parts = [];

showSite();
if (requireUser()) showIn(place, open, { href: "/library", label: "My quizzes" });

async function open() {
  const [admin, topics] = await Promise.all([isAdmin(), knownTopics()]);
  const trivia = admin && new URLSearchParams(location.search).has("trivia");
  quiz = id === "new" ? emptyQuiz({ is_trivia: trivia }) : await load();
  saved = JSON.stringify(toServer(quiz));
  addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  const [outline, desk] = [mountOutline(act, importQuestions), mountDesk(act)];
  const [head, settings] = [mountHead(act, save), mountSettings(act, { admin, topics })];
  parts = [outline, desk, head, settings];
  draw();
  const body = el("div", { class: "editor-body" }, outline.element, desk.element);
  return [head.element, settings.element, notice, good, body];
}

async function load() {
  const path = `/quizzes/${encodeURIComponent(id)}`;
  const [known, { questions }] = await Promise.all([get(path), get(`${path}/questions`)]);
  return fromServer(known, questions);
}

/** Only a help with typing: without them the topic is typed out. */
async function knownTopics() {
  try {
    return (await get("/quizzes/topics/list")).topics;
  } catch {
    return [];
  }
}

function importQuestions() {
  openImport({
    room: () => roomLeft(quiz),
    add(questions, name) {
      act({ type: "append", questions });
      explain(""); // of an earlier try: it would say the opposite beside the good news
      good.hidden = false;
      setText(good, `${plural(questions.length, "question")} imported from ${name}. Save the quiz to keep them.`);
      good.scrollIntoView({ block: "nearest" });
    },
  });
}

function isDirty() {
  return JSON.stringify(toServer(quiz)) !== saved;
}

function act(action) {
  quiz = reduce(quiz, action);
  if (action.type !== "select") fromThere = null;
  draw();
}

function draw() {
  const problems = fromThere ?? (checked ? problemsOf(quiz) : noProblems(quiz));
  const phase = saving ? "saving" : isDirty() ? "dirty" : id === "new" ? "new" : "saved";
  for (const part of parts) part.update(quiz, problems, phase, id);
  if (!fromThere && !hasProblems(problems)) explain("");
}

async function save() {
  if (saving) return;
  checked = true;
  good.hidden = true;
  const problems = problemsOf(quiz);
  if (hasProblems(problems)) {
    return point(problems, "What is missing or not right is marked. Nothing has been saved yet.");
  }
  await send(toServer(quiz));
}

async function send(body) {
  saving = true;
  draw();
  try {
    const [method, path] = id === "new" ? ["POST", "/quizzes"] : ["PUT", `/quizzes/${encodeURIComponent(id)}`];
    const answer = await call(method, path, { body, stay: true });
    saving = false;
    saved = JSON.stringify(body);
    id = answer.quiz_id;
    history.replaceState(null, "", `/library/${encodeURIComponent(id)}`);
    draw();
  } catch (error) {
    saving = false;
    fromThere = placed(error.fields ?? [], quiz);
    point(fromThere, `Not saved: ${fromThere.rest[0] ?? error.message}`);
  }
}

/** Leads the author to the first thing that is wrong. */
function point(problems, sentence) {
  const first = problems.questions.findIndex((found) => Object.keys(found).length);
  if (first >= 0 && !problems.title && !Object.keys(problems.settings).length)
    quiz = reduce(quiz, { type: "select", index: first });
  draw();
  explain(sentence);
  const wrong = place.querySelector("[aria-invalid=true]");
  (wrong ?? notice).scrollIntoView({ block: "center" });
  wrong?.focus();
}

function explain(sentence) {
  notice.hidden = !sentence;
  setText(notice, sentence);
}
