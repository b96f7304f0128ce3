-- A quiz that is edited keeps the questions that somebody was asked: each edit makes a new version of them.
ALTER TABLE quizzes ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE questions ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE questions DROP CONSTRAINT questions_quiz_id_position_key;
ALTER TABLE questions ADD CONSTRAINT questions_place UNIQUE (quiz_id, version, position);

-- Somebody taking a quiz alone, once. Without submitted_at it is under way. A deleted account leaves its
-- answers, without a name. Duration (minutes) and marks are the quiz's at the start: an edit does not change
-- them under somebody's hands. seconds is the time taken; rating is trivia's alone.
CREATE TABLE attempts (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    quiz_id         uuid NOT NULL REFERENCES quizzes (id) ON DELETE CASCADE,
    version         integer NOT NULL,
    user_id         uuid REFERENCES users (id) ON DELETE SET NULL,
    started_at      timestamptz NOT NULL DEFAULT now(),
    submitted_at    timestamptz,
    total_questions integer NOT NULL,
    duration        integer NOT NULL DEFAULT 60,
    positive_mark   double precision NOT NULL DEFAULT 1,
    negative_mark   double precision NOT NULL DEFAULT 0,
    correct_answers integer,
    score           double precision,
    seconds         double precision,
    rating          integer,
    UNIQUE (quiz_id, user_id)
);
CREATE INDEX attempts_of_user ON attempts (user_id, submitted_at DESC) WHERE submitted_at IS NOT NULL;
CREATE INDEX attempts_of_quiz ON attempts (quiz_id, score DESC, submitted_at) WHERE submitted_at IS NOT NULL;

CREATE TABLE responses (
    attempt_id  uuid NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    question_id uuid NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    answer      jsonb NOT NULL,
    correct     boolean NOT NULL,
    PRIMARY KEY (attempt_id, question_id)
);
-- For removing questions that nobody was asked, too.
CREATE INDEX responses_of_question ON responses (question_id);

-- Sums over a user's submitted attempts, kept by the transaction that submits: no leaderboard adds up rows.
CREATE TABLE user_stats (
    user_id           uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    trivia_count      integer NOT NULL DEFAULT 0,
    trivia_score      double precision NOT NULL DEFAULT 0,
    trivia_best       double precision NOT NULL DEFAULT 0,
    total_rating      bigint NOT NULL DEFAULT 0,
    best_quiz_id      uuid REFERENCES quizzes (id) ON DELETE SET NULL,
    best_rating       integer NOT NULL DEFAULT 0,
    best_score        double precision NOT NULL DEFAULT 0,
    private_count     integer NOT NULL DEFAULT 0,
    private_score     double precision NOT NULL DEFAULT 0,
    private_best      double precision NOT NULL DEFAULT 0,
    has_perfect_score boolean NOT NULL DEFAULT false
);
CREATE INDEX user_stats_rating ON user_stats (total_rating DESC, user_id) WHERE trivia_count > 0;
