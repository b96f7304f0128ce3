-- What ended long ago is looked for at every clean-up: these indexes are a page or two, and cost next to nothing.
CREATE INDEX games_ended ON games USING brin (ended_at);
CREATE INDEX attempts_started ON attempts USING brin (started_at);

-- Who had taken which quiz, when the attempt itself was removed by age: the rule of one attempt outlives it, and so
-- nobody wins the same rating twice.
CREATE TABLE past_attempts (
    quiz_id uuid NOT NULL REFERENCES quizzes (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, quiz_id)
);
CREATE INDEX past_attempts_of_quiz ON past_attempts (quiz_id);
