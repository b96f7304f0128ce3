"""Every attack: what is tried, what comes back, and the test that shows it. ``python -m tests.attacks`` prints it."""

from typing import NamedTuple


class Attack(NamedTuple):
    """``tests`` are functions of ``test_<module>.py`` beside this file, as ``module.function``; ``browser`` is
    ``tests/browser/test_attacks.py``."""

    tried: str
    comes_back: str
    tests: tuple[str, ...]


HUNG_UP = "400 or the end of the connection; a room plays on"
TABLE: dict[str, list[Attack]] = {
    "Anything at all": [
        Attack(
            "Messages of every type, bodies and queries for every route: right, nearly right, wild; binary, deep, NaN, "
            "huge numbers, halves of surrogate pairs, NUL; as a user, an admin, nobody, with a forged token. 20,000 "
            "cases a run, made by Hypothesis from the server's own types and routes",
            "Never a 500, a traceback or a socket closed by an exception; after each batch of 30 the connection "
            "answers and the room plays",
            ("fuzz.test_anything_at_all",),
        ),
    ],
    "Before the handshake": [
        Attack(
            "Octets, zeros, TLS, HTTP/2, HTTP/0.9, SSH, frames in place of a request",
            HUNG_UP,
            ("http.test_garbage_in_place_of_a_handshake",),
        ),
        Attack(
            "Request smuggling, 24 shapes: two lengths, length and chunks, folded lines, bare CR, NUL, signs",
            "400 and the end; the hidden request is never answered",
            ("http.test_request_smuggling",),
        ),
        Attack(
            "A header or an address of 1 MB, 100,000 headers",
            "The end at 16 KB, no memory kept",
            ("http.test_oversized_head", "http.test_head_of_the_largest_size_and_of_a_byte_more"),
        ),
        Attack(
            "A GET with another request as its body",
            "Read as a body: one answer each",
            ("http.test_body_of_a_get",),
        ),
        Attack(
            "A body of 100 MB, a body in chunks of one byte, 10,000 requests at once whose answers are not read",
            "413 or the end; others do not wait meanwhile",
            (
                "http.test_body_of_a_hundred_megabytes",
                "http.test_body_in_chunks_of_a_byte",
                "http.test_ten_thousand_requests_at_once_on_one_connection",
            ),
        ),
        Attack(
            "Slowloris: heads and bodies that trickle, on a first or a later request, 300 at a time",
            "The end after 20 s for a head, 60 s for a body, however regularly bytes come",
            (
                "http.test_head_that_trickles",
                "http.test_second_head_that_trickles",
                "http.test_body_that_trickles",
                "http.test_three_hundred_heads_that_trickle",
            ),
        ),
        Attack(
            "Answers that nobody reads",
            "The kernel ends the connection after 60 s (TCP_USER_TIMEOUT)",
            ("http.test_answer_that_nobody_reads",),
        ),
        Attack(
            "2,000 connections that never say a word",
            "A game goes on beside them; the end after 120 s",
            ("http.test_two_thousand_connections_that_say_nothing",),
        ),
        Attack(
            "A WebSocket handshake with another version, without a key, from a page of another site, as a POST",
            "426, 400, 403, 405",
            ("http.test_handshake_that_is_wrong",),
        ),
    ],
    "On an open socket": [
        Attack(
            "Garbage, HTTP, frames without a mask, lengths up to 2^64, 1 MB, interleaved fragments, control frames in "
            "pieces or too long, no UTF-8, 10,000 closes",
            "The close code that RFC 6455 has for it, or the end",
            ("wire.test_what_breaks_the_protocol",),
        ),
        Attack(
            "A frame that is declared and never sent, fragments without end, 100,000 empty ones",
            "No memory kept, 1009 past 64 KB; nobody else waits",
            (
                "wire.test_largest_frame_that_is_declared_and_never_sent_holds_no_memory",
                "wire.test_fragments_without_end",
                "wire.test_a_hundred_thousand_empty_fragments",
            ),
        ),
        Attack(
            "60,000 pings whose pongs are not read, pongs that nobody asked for",
            "Pongs do not pile up: the flooder is dropped, or hears only the last one",
            ("wire.test_pings_whose_answers_are_not_read", "wire.test_pongs_that_nobody_asked_for"),
        ),
        Attack(
            "Reading nothing until not even a close or a pong fits",
            "The connection ends; whoever else was served at that moment is",
            (
                "wire.test_close_for_whom_there_is_no_room_left",
                "wire.test_ping_for_whose_answer_there_is_no_room_left",
            ),
        ),
        Attack(
            "Thousands of messages a second",
            "A sentence for each; who does not read them is gone for the room at 256 KB",
            ("wire.test_messages_faster_than_anybody_types",),
        ),
        Attack(
            "A socket that opens and says nothing",
            "It is a player like others until it misses a heartbeat",
            ("wire.test_socket_that_opens_and_says_nothing",),
        ),
        Attack(
            "1,000 connections at once that do all of this, beside a game of 50",
            "Every answer is acknowledged; `python -m tests.attacks.beside` measures how soon",
            ("beside.test_game_beside_hostile_connections",),
        ),
    ],
    "Against the limits": [
        Attack(
            "A flood of messages on a socket",
            "10 a second are read, 20 at once; beyond that they are dropped, and after 100 more it is closed (1008)",
            ("limits.test_flood_of_messages",),
        ),
        Attack(
            "One address that fills a room",
            "Five come in; 1008 for the others, and the host is told",
            ("limits.test_one_address_fills_a_room",),
        ),
        Attack(
            "A search for room codes",
            "Six are looked up, then the asker waits twice as long after each, for right ones too (429)",
            ("limits.test_search_for_room_codes",),
        ),
        Attack(
            "Guessing a password",
            "Five tries, then a wait that doubles (429); the owner signs in from elsewhere meanwhile",
            ("limits.test_guessing_a_password",),
        ),
        Attack(
            "`X-Forwarded-For` with another address each time",
            "Counts for nothing: 429 as for one",
            ("limits.test_claiming_to_be_many",),
        ),
    ],
    "Roles and secrets": [
        Attack(
            "A player who sends host commands, a host who sends a player's",
            "A sentence, and nothing happens",
            ("secrets.test_player_who_sends_host_commands", "secrets.test_host_who_sends_a_players_messages"),
        ),
        Attack(
            "A host of one room in another; somebody else's quiz",
            "1003 `Room code already in use`; 1003 that there is no such quiz",
            (
                "secrets.test_host_of_one_room_in_another",
                "secrets.test_other_peoples_quiz_in_a_room_of_ones_own",
            ),
        ),
        Attack(
            "A user's token for a seat, a seat's for a user; a seat's token in another room",
            "1008, 401, 1003",
            ("secrets.test_tokens_in_each_others_place", "secrets.test_resume_token_of_another_room"),
        ),
        Attack(
            "Guessed resume tokens, one letter off or shaped to break the comparison",
            "1003, compared in constant time",
            ("secrets.test_guessed_resume_tokens",),
        ),
        Attack(
            "A stolen resume token",
            "Whoever shows it has the seat (96 bits, sent to that player); who had it hears 4001 and can take it back",
            ("secrets.test_stolen_resume_token",),
        ),
        Attack(
            "Room codes that are none",
            "1003, the same sentence for all",
            ("secrets.test_room_codes_that_are_none",),
        ),
        Attack(
            "55 forged JWTs: `alg: none` in five spellings, other algorithms, a public key as the secret, `kid`, "
            "`jku`, `jwk`, `crit`, expired, `nbf`, missing claims, other users, deep and long ones",
            "401 on REST, 1008 on a host's socket",
            ("secrets.test_forged_tokens",),
        ),
        Attack(
            "A token after signing out",
            "401, and the host's socket that came with it ends (1008)",
            ("secrets.test_token_after_signing_out",),
        ),
        Attack(
            "Every route for admins, as a user and as nobody",
            "403, 401",
            ("secrets.test_admins_routes_by_others",),
        ),
    ],
    "By what is said": [
        Attack(
            "Names full of HTML, RTL marks, zero-width letters, combining marks, homoglyphs, emoji, U+FDFA",
            "Shown without what is invisible or turns the writing, with four marks on a letter at most",
            ("content.test_names_in_messages",),
        ),
        Attack(
            "A name that looks like somebody else's: case, width, invisible letters, variation selectors",
            "Refused as taken. Homoglyphs of another script are not: see what is not promised",
            ("content.test_two_people_of_one_look",),
        ),
        Attack(
            "The same names, and titles, questions and options full of HTML, on 17 screens of a real browser",
            "Nothing is executed or fetched, no violation of the policy, nothing wider than its place",
            ("browser.test_hostile_names_and_texts_on_every_screen", "content.test_markup_in_what_pages_are_made_of"),
        ),
        Attack(
            "Texts that are too long, or that PostgreSQL or JSON cannot hold",
            "A sentence; nothing is stored",
            ("content.test_texts_that_are_too_much",),
        ),
        Attack(
            "Formulas in exports for spreadsheets",
            "An apostrophe in front, as OWASP has it",
            ("content.test_formulas_in_exports",),
        ),
        Attack(
            "Files to import that are other formats, bombs, endless cells",
            "400 with the row, 422; formulas are texts",
            ("content.test_files_of_import",),
        ),
        Attack(
            "Path traversal, 39 spellings: encoded twice, backslashes, NUL, absolute, `..;`; a link out of the folder",
            "404: addresses are looked up among the files that were read at the start, and open none",
            ("content.test_path_traversal", "content.test_file_beside_the_folder_by_a_link"),
        ),
        Attack(
            "Line ends in addresses, to add headers to the answer",
            "None is added",
            ("content.test_headers_of_ones_own",),
        ),
    ],
    "Limits": [
        Attack("More connections than an address may have", "429 or 1008", ()),
        Attack("More requests than an address or a user may send", "429 with `Retry-After`", ()),
        Attack("Signing in by trying passwords", "Slower and slower, by account and address", ()),
        Attack("Searching through room codes", "Slower and slower", ()),
        Attack("`X-Forwarded-For` from somebody who is no proxy", "Ignored", ()),
    ],
}


def markdown() -> str:
    """The table as the README has it. Attacks whose tests have yet to be written are not in it."""
    lines = ["| | what is tried | what comes back |", "|---|---|---|"]
    for kind, attacks in TABLE.items():
        shown = [attack for attack in attacks if attack.tests]
        for place, attack in enumerate(shown):
            lines.append(f"| {f'**{kind}**' if place == 0 else ''} | {attack.tried} | {attack.comes_back} |")
    return "\n".join(lines)
