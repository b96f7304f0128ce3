-- Somebody gave their password, and is signed in until then on one browser or in one program. An access token names
-- its sign-in and is dead without it. Of refresh tokens there are only fingerprints: that of the one which is valid,
-- and that of the one before, from which this one was made at renewed_at.
CREATE TABLE sign_ins (
    id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id              uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    signed_in_at         timestamptz NOT NULL DEFAULT now(),
    expires_at           timestamptz NOT NULL,
    renewed_at           timestamptz NOT NULL DEFAULT now(),
    fingerprint          bytea NOT NULL,
    previous_fingerprint bytea
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_expires_at ON sign_ins (expires_at);

-- What was signed in before this moment is signed out: it moves on when the password is changed. Access tokens from
-- before there were sign-ins are held against it by the time of their issue.
ALTER TABLE users ADD COLUMN signed_out_before timestamptz NOT NULL DEFAULT 'epoch';

-- A quiz that others have answered stays when its creator's account is gone; what is to go is deleted by name.
ALTER TABLE quizzes DROP CONSTRAINT quizzes_creator_id_fkey;
ALTER TABLE quizzes ADD CONSTRAINT quizzes_creator_id_fkey
    FOREIGN KEY (creator_id) REFERENCES users (id) ON DELETE SET NULL;
