-- A player who comes back when the game is over shows the token they were given in the room: they hear how it ended.
-- Only a fingerprint of it is kept. NULL in games from before.
ALTER TABLE game_players ADD COLUMN resume_fingerprint text;
CREATE INDEX games_room ON games (room_code);
