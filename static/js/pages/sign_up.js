import { passwordProblem } from "../lib/password.js";
import { emailProblem, showAccountForm } from "./account.js";

showAccountForm("/auth/signup", {
  name: (value) => (value.trim() ? "" : "What should we call you?"),
  email: emailProblem,
  password: passwordProblem,
});
