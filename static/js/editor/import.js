/** Questions out of a CSV file, into the quiz at hand: all of them, or none and a report on its rows. */

import { call } from "../lib/api.js";
import { el, replace, setText } from "../lib/dom.js";
import { plural } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { saveFile } from "../lib/save_file.js";
import { fromLetters } from "../questions/question.js";

const SAMPLE = [
  "question_text,option_a,option_b,option_c,option_d,correct_option,time_limit,explanation",
  "Where is Oslo?,Sweden,Norway,Denmark,Finland,b,20,It lies on a fjord in the south of Norway.",
  '"Who wrote ""Dubliners""?",James Joyce,Oscar Wilde,,,a,30,',
].join("\r\n");

/** Opens the dialog. `room()` says how many questions still fit; `add(questions)` takes them. */
export function openImport({ room, add }) {
  const report = el("div", { class: "import-report", role: "status" });
  const input = el("input", {
    class: "visually-hidden",
    type: "file",
    accept: ".csv,text/csv",
    "aria-label": "CSV file",
    onchange: () => input.files[0] && read(input.files[0]),
  });
  const pick = el("span", { class: "button button-ink import-pick" }, icon("file", 20), "Choose a file");
  const dialog = el(
    "dialog",
    { class: "ask import", "aria-labelledby": "import-title", onclose: () => dialog.remove() },
    el("h2", { id: "import-title" }, "Import questions"),
    el(
      "p",
      { class: "soft" },
      "A table saved as CSV, one question a row. The first row names the columns: ",
      el("code", {}, "question_text, option_a, option_b, option_c, option_d, correct_option"),
      " and, if you like, ",
      el("code", {}, "time_limit, explanation"),
      ". Two answers are enough: leave the other cells empty.",
    ),
    report,
    el(
      "form",
      { class: "row import-row", method: "dialog" },
      el(
        "button",
        { class: "button button-quiet import-sample", type: "button", onclick: giveSample },
        icon("down_to", 18),
        "Example file",
      ),
      el("button", { class: "button button-quiet", value: "no" }, "Close"),
      el("label", { class: "import-file" }, input, pick),
    ),
  );

  async function read(file) {
    input.disabled = true;
    replace(report, el("p", { class: "soft waiting-dots" }, `Reading ${file.name}`));
    try {
      const body = new FormData();
      body.append("file", file);
      const { questions } = await call("POST", "/quizzes/import-questions", { body, stay: true });
      if (questions.length <= room()) {
        add(questions.map(fromLetters), file.name);
        return dialog.close();
      }
      replace(
        report,
        wrong(
          `Nothing was imported: ${file.name} has ${plural(questions.length, "question")}, and there is room for ${room()}.`,
        ),
      );
    } catch (error) {
      replace(report, ...reportOf(file.name, error));
    }
    input.disabled = false;
    input.value = ""; // the same file may come again, mended
    setText(pick.lastChild, "Choose another");
    input.focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}

function reportOf(name, { message, rows }) {
  const count = `${plural(rows.length, "row")} ${rows.length === 1 ? "needs" : "need"} mending`;
  if (!rows.length) return [wrong(`Nothing was imported. ${message}`)];
  return [
    wrong(`Nothing was imported from ${name}: ${count}.`),
    el(
      "ol",
      { class: "import-rows", tabindex: "0", "aria-label": "Rows to mend" },
      rows.map(({ row, message: problem }) =>
        el("li", {}, el("strong", {}, `Row ${row}`), el("span", {}, problem)),
      ),
    ),
  ];
}

const wrong = (sentence) => el("p", { class: "notice notice-wrong" }, sentence);

/** With a byte-order mark, or spreadsheets take it for another encoding. */
const giveSample = () =>
  saveFile({ blob: new Blob(["\ufeff", SAMPLE], { type: "text/csv" }), name: "questions.csv" });
