"""Answers that were refused, by the ids that players gave them: the same id again is refused again.

Else an answer that came too late, and that a phone sends once more because the word about it was lost, would be counted
for the question that is open by then. What was accepted is in the game itself, and in its journal; refusals are
remembered as long as the server runs.
"""

from quizzler.errors import AnswerRefused

# Of each player. A phone sends again what it has just sent.
REMEMBERED = 16


class Refusals:
    def __init__(self) -> None:
        # Of each player, by id: the question's index and the reason; the newest at the end.
        self._known: dict[int, dict[str, tuple[int | None, str]]] = {}

    def check(self, player_id: int, answer_id: str | None) -> None:
        """Raises ``AnswerRefused`` in the words of the first time."""
        known = self._known.get(player_id)
        if known is not None and answer_id in known:
            question_index, reason = known[answer_id]
            raise AnswerRefused(reason, question_index)

    def add(self, player_id: int, answer_id: str | None, refusal: AnswerRefused) -> None:
        if answer_id is None:
            return
        known = self._known.setdefault(player_id, {})
        known[answer_id] = refusal.question_index, refusal.reason
        if len(known) > REMEMBERED:
            del known[next(iter(known))]
