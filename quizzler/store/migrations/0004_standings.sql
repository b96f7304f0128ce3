-- Ranks and totals that cost the same however many people there are: triggers keep them, so that whatever writes
-- user_stats or attempts, be it a cascade, keeps them too. Each count is spread over shards, one for each connection
-- that is likely to be at work, and is their sum: a whole hall that submits one quiz at one moment would otherwise
-- wait in line for a single row, commit by commit.

-- Pages are read from a row on: that takes one direction for all columns of the order.
DROP INDEX user_stats_rating;
CREATE INDEX user_stats_rating ON user_stats (total_rating, user_id) WHERE trivia_count > 0;
-- Also those under way: for what somebody has begun, and for letting go of an account. With all that a profile adds
-- up: one's attempts lie far apart in the table, but side by side here.
DROP INDEX attempts_of_user;
CREATE INDEX attempts_of_user ON attempts (user_id, submitted_at DESC)
    INCLUDE (quiz_id, correct_answers, total_questions);

CREATE INDEX users_newest ON users (created_at, id);

-- How many ranked users (those with a trivia attempt) there are in each range of total ratings. A range of level n
-- is 64^n ratings long and holds 64 ranges of the level below; total_rating >> 6n is its bucket. Those in front of
-- somebody are, on each level, in the buckets to the right within the same range of the level above: at most 63
-- buckets on each of 6 levels, where counting people one by one would grow with their number.
CREATE TABLE rating_counts (
    level  integer NOT NULL,
    bucket bigint NOT NULL,
    shard  integer NOT NULL DEFAULT pg_backend_pid() % 16,
    users  integer NOT NULL,
    PRIMARY KEY (level, bucket, shard)
) WITH (fillfactor = 50);

-- 1 for the highest total rating; equal ratings share a rank.
CREATE FUNCTION rating_rank(rating bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT 1 + coalesce(sum(counted.users), 0)::bigint
      FROM generate_series(0, 5) AS steps (level)
      JOIN rating_counts AS counted
        ON counted.level = steps.level
       AND counted.bucket > rating >> (6 * steps.level)
       AND counted.bucket <= CASE WHEN steps.level < 5 THEN rating >> (6 * steps.level) | 63 ELSE 9223372036854775807 END
$$;

CREATE FUNCTION ranked_users() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(users), 0)::bigint FROM rating_counts WHERE level = 5
$$;

-- In the order of the key, so that no two transactions wait for each other.
CREATE FUNCTION move_ratings(lost bigint[], won bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rating_counts (level, bucket, users)
    SELECT level, rating >> (6 * level), sum(change)
      FROM (SELECT rating, -1 AS change FROM unnest(lost) AS rating
            UNION ALL SELECT rating, 1 FROM unnest(won) AS rating) AS moves
     CROSS JOIN generate_series(0, 5) AS level
     GROUP BY 1, 2 HAVING sum(change) <> 0 ORDER BY 1, 2
    ON CONFLICT (level, bucket, shard) DO UPDATE SET users = rating_counts.users + EXCLUDED.users
$$;

CREATE FUNCTION count_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost bigint[];
    won  bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(total_rating) INTO lost FROM old_rows WHERE trivia_count > 0;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(total_rating) INTO won FROM new_rows WHERE trivia_count > 0;
    END IF;
    PERFORM move_ratings(lost, won);
    RETURN NULL;
END
$$;
CREATE TRIGGER count_ratings_in AFTER INSERT ON user_stats REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_ratings();
CREATE TRIGGER count_ratings_moved AFTER UPDATE ON user_stats REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_ratings();
CREATE TRIGGER count_ratings_out AFTER DELETE ON user_stats REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_ratings();

-- Sums over a quiz's submitted attempts.
CREATE TABLE quiz_stats (
    quiz_id     uuid NOT NULL REFERENCES quizzes (id) ON DELETE CASCADE,
    shard       integer NOT NULL DEFAULT pg_backend_pid() % 16,
    attempts    integer NOT NULL,
    total_score double precision NOT NULL,
    PRIMARY KEY (quiz_id, shard)
) WITH (fillfactor = 50);

-- A quiz that is being deleted is gone before its attempts are: the join leaves it out.
CREATE FUNCTION add_scores(lost_from uuid[], lost float8[], won_for uuid[], won float8[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO quiz_stats (quiz_id, attempts, total_score)
    SELECT quizzes.id, sum(change), sum(change * score)
      FROM (SELECT quiz_id, score, -1 AS change FROM unnest(lost_from, lost) AS gone (quiz_id, score)
            UNION ALL SELECT quiz_id, score, 1 FROM unnest(won_for, won) AS come (quiz_id, score)) AS changes
      JOIN quizzes ON quizzes.id = changes.quiz_id
     GROUP BY 1 HAVING sum(change) <> 0 OR sum(change * score) <> 0 ORDER BY 1
    ON CONFLICT (quiz_id, shard) DO UPDATE
        SET attempts = quiz_stats.attempts + EXCLUDED.attempts,
            total_score = quiz_stats.total_score + EXCLUDED.total_score
$$;

CREATE FUNCTION count_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost_from uuid[];
    lost      float8[];
    won_for   uuid[];
    won       float8[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(quiz_id), array_agg(score) INTO lost_from, lost FROM old_rows WHERE submitted_at IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(quiz_id), array_agg(score) INTO won_for, won FROM new_rows WHERE submitted_at IS NOT NULL;
    END IF;
    PERFORM add_scores(lost_from, lost, won_for, won);
    RETURN NULL;
END
$$;
CREATE TRIGGER count_attempts_in AFTER INSERT ON attempts REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_attempts();
CREATE TRIGGER count_attempts_changed AFTER UPDATE ON attempts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_attempts();
CREATE TRIGGER count_attempts_out AFTER DELETE ON attempts REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_attempts();

-- What was submitted before these tables were there.
SELECT move_ratings(NULL, array_agg(total_rating)) FROM user_stats WHERE trivia_count > 0;
SELECT add_scores(NULL, NULL, array_agg(quiz_id), array_agg(score)) FROM attempts WHERE submitted_at IS NOT NULL;
