import { emailProblem, showAccountForm } from "./account.js";

/** bcrypt reads no more than this; the server refuses longer ones rather than ignore their end. */
const LONGEST_PASSWORD = 72;

showAccountForm("/auth/signup", {
  name: (value) => (value.trim() ? "" : "What should we call you?"),
  email: emailProblem,
  password: passwordProblem,
});

function passwordProblem(value) {
  if (value.length < 6) return "A password has at least 6 characters.";
  return new TextEncoder().encode(value).length > LONGEST_PASSWORD
    ? "That is longer than 72 bytes; a shorter one will do."
    : "";
}
