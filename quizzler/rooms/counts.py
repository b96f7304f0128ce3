"""What this process has done since it started, for the health page."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    total_connections: int = 0
    messages_sent: int = 0
    errors: int = 0
    questions_processed: int = 0
    answers_processed: int = 0
