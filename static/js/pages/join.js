/** The door of a room: a code, a name, and in. */

import { get } from "../lib/api.js";
import { byId } from "../lib/dom.js";
import { cleanCode, sentence } from "../lib/format.js";
import { markField } from "../lib/page.js";
import { pass } from "../player/pass.js";
import { lasting, tab } from "../lib/store.js";

const form = byId("join-form");
const fromAddress = cleanCode(location.pathname.split("/")[2] ?? "");

export function openDoor() {
  form.code.value = fromAddress;
  form.elements.name.value = tab.get("wanted-name") ?? lasting.get("last-name") ?? "";
  form.addEventListener("submit", join);
  form.addEventListener("input", forgive);
  form.code.addEventListener("change", offerReturn);
  byId("continue-button").addEventListener("click", comeBack);
  offerReturn();
  const first = form.code.value ? form.elements.name : form.code;
  first.focus();
  first.select();
  showRefusal();
}

async function join(event) {
  event.preventDefault();
  const code = cleanCode(form.code.value);
  const name = form.elements.name.value.trim();
  if (!code) return complain(form.code, "Type the code that is on the big screen.");
  if (!name) return complain(form.elements.name, "Everyone needs a name, even a made-up one.");
  if ([...name].length > 20) return complain(form.elements.name, "A name has up to 20 characters.");
  try {
    if (!(await isOpen(code)))
      return complain(
        form.code,
        "There is no room with this code right now. Check it letter by letter, or ask your host.",
      );
  } catch (error) {
    return complain(form.code, error.message);
  }
  lasting.set("last-name", name);
  pass(code).enterAs(name);
  location.assign(`/play/${code}`);
}

/** Who scanned the code need not ask: the page knows. Has the room closed meanwhile, the socket says so. */
async function isOpen(code) {
  if (code === fromAddress && "open" in form.dataset) return true;
  return (await get(`/realtime/rooms/validate/${code}`)).valid;
}

function comeBack() {
  const code = cleanCode(form.code.value);
  pass(code).comeBack();
  location.assign(`/play/${code}`);
}

/** Somebody whose tab died, or who came by the link again, need not become a second person. */
function offerReturn() {
  const known = pass(cleanCode(form.code.value)).known();
  const button = byId("continue-button");
  button.hidden = !known;
  button.textContent = known ? `Back in as ${known.name}` : "";
}

function forgive(event) {
  markField(event.target, "");
  byId("refusal").hidden = true;
}

/** The room's sentence, under the name where it is about that ("Username too long" is too). */
function showRefusal() {
  const refusal = sentence(tab.take("refusal"));
  if (/name\b/i.test(refusal)) return complain(form.elements.name, refusal);
  const notice = byId("refusal");
  notice.hidden = !refusal;
  notice.textContent = refusal;
}

function complain(input, problem) {
  markField(input, problem);
  input.focus();
}
