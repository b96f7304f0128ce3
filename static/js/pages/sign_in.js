import { emailProblem, showAccountForm } from "./account.js";

showAccountForm("/auth/signin", {
  email: emailProblem,
  password: (value) => (value ? "" : "Type your password."),
});
