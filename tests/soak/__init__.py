"""Whether a server that is used for long stays as it was."""
