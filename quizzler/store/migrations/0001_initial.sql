-- People and what they may do. E-mail addresses are stored in lower case.
CREATE TABLE users (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email         text NOT NULL UNIQUE,
    name          text NOT NULL,
    password_hash text NOT NULL,
    is_admin      boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- A token that was signed out is dead until it would have expired anyway.
CREATE TABLE revoked_tokens (
    token_id   text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

-- A quiz without a creator came with the package; bank_key names which one, so that it is loaded once.
CREATE TABLE quizzes (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    creator_id      uuid REFERENCES users (id) ON DELETE CASCADE,
    bank_key        text UNIQUE,
    title           text NOT NULL,
    description     text NOT NULL DEFAULT '',
    is_trivia       boolean NOT NULL DEFAULT false,
    topic           text,
    difficulty      text CHECK (difficulty IN ('easy', 'medium', 'hard')),
    start_time      timestamptz,
    end_time        timestamptz,
    duration        integer NOT NULL DEFAULT 60,
    positive_mark   double precision NOT NULL DEFAULT 1,
    negative_mark   double precision NOT NULL DEFAULT 0,
    navigation_type text NOT NULL DEFAULT 'omni',
    tab_switch_exit boolean NOT NULL DEFAULT true,
    popularity      integer NOT NULL DEFAULT 0,
    is_active       boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quizzes_creator ON quizzes (creator_id, created_at DESC) WHERE is_active;
CREATE INDEX quizzes_trivia ON quizzes (topic, difficulty) WHERE is_trivia AND is_active;
CREATE UNIQUE INDEX quizzes_trivia_title ON quizzes (lower(coalesce(topic, '')), lower(title)) WHERE is_trivia AND is_active;

-- A question is a text and a body; the body's "kind" says what else is in it (quizzler/game/questions.py).
CREATE TABLE questions (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    quiz_id     uuid NOT NULL REFERENCES quizzes (id) ON DELETE CASCADE,
    position    integer NOT NULL,
    text        text NOT NULL,
    kind        text NOT NULL,
    body        jsonb NOT NULL,
    time_limit  double precision NOT NULL,
    explanation text NOT NULL DEFAULT '',
    UNIQUE (quiz_id, position)
);

-- What happened in games that are running: enough to rebuild each from nothing else.
CREATE TABLE journal (
    game_id uuid NOT NULL,
    seq     integer NOT NULL,
    at      double precision NOT NULL,
    event   jsonb NOT NULL,
    PRIMARY KEY (game_id, seq)
);

-- When the server was last there, Unix seconds: time in which nobody could play is given back to an open question.
CREATE TABLE server_alive (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    at       double precision NOT NULL
);

-- Games that ended, for reports.
CREATE TABLE games (
    id             uuid PRIMARY KEY,
    host_id        uuid REFERENCES users (id) ON DELETE SET NULL,
    quiz_id        uuid REFERENCES quizzes (id) ON DELETE SET NULL,
    quiz_title     text NOT NULL,
    room_code      text NOT NULL,
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    player_count   integer NOT NULL,
    question_count integer NOT NULL
);
CREATE INDEX games_host ON games (host_id, ended_at DESC, id DESC);

CREATE TABLE game_players (
    game_id   uuid NOT NULL REFERENCES games (id) ON DELETE CASCADE,
    player_id integer NOT NULL,
    name      text NOT NULL,
    score     integer NOT NULL,
    rank      integer NOT NULL,
    PRIMARY KEY (game_id, player_id)
);

CREATE TABLE game_questions (
    game_id        uuid NOT NULL REFERENCES games (id) ON DELETE CASCADE,
    question_index integer NOT NULL,
    text           text NOT NULL,
    kind           text NOT NULL,
    body           jsonb NOT NULL,
    time_limit     double precision NOT NULL,
    asked_at       timestamptz NOT NULL,
    PRIMARY KEY (game_id, question_index)
);

CREATE TABLE game_answers (
    game_id        uuid NOT NULL,
    question_index integer NOT NULL,
    player_id      integer NOT NULL,
    answer         jsonb NOT NULL,
    correct        boolean NOT NULL,
    points         integer NOT NULL,
    seconds        double precision NOT NULL,
    PRIMARY KEY (game_id, question_index, player_id),
    FOREIGN KEY (game_id, question_index) REFERENCES game_questions (game_id, question_index) ON DELETE CASCADE,
    FOREIGN KEY (game_id, player_id) REFERENCES game_players (game_id, player_id) ON DELETE CASCADE
);
