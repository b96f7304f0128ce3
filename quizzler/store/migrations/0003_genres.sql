-- What an admin says of a topic of trivia. It belongs to the quizzes whose topic has its name, in either case;
-- a topic without one is a topic all the same.
CREATE TABLE genres (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    created_by  uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX genres_name ON genres (lower(name));
