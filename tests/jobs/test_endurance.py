"""Workers that are killed at random do everything once all the same: `bin/bench endurance`, smaller."""

import pytest

from bench.endurance import Run
from models import Database
from tests.sinks import chat_server, mail_server


def test_workers_killed_at_random_do_every_act_once_and_send_every_message(database: Database, tmp_path):
    if database.engine.dialect.name != "postgresql":
        pytest.skip("several workers that write at once are made for PostgreSQL")
    with mail_server() as box, chat_server() as chat:
        outcome = Run(database, box, chat, tmp_path, due=24, workers=2, kills=3, patience=90).outcome()
    assert outcome.acts == outcome.acted_on == 24
    assert outcome.reached == outcome.wanted == 24
    assert outcome.repeated <= outcome.kills == 3
    assert not any(outcome.left.values()), outcome.left
