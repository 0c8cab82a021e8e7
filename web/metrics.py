"""The figures of this installation as Prometheus reads them: steps, letters, queues, what is overdue, workers.

They are open to this machine and to whoever shows the token of the settings; for anybody else the address does not
exist. Nothing in them names a person or a case.
"""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jobs import background, measures, pulse
from jobs.measures import Measures
from web import log
from web.access import public
from web.session import db, now

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@public
def show() -> Response:
    if not (_shows_the_token() or _is_of_this_machine()):
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _shows_the_token() -> bool:
    """In a header alone: addresses stand in logs."""
    kept, shown = log.settings().metrics_token, request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(kept) and hmac.compare_digest(kept.encode(), shown.encode())


def _is_of_this_machine() -> bool:
    """Without a proxy in the settings, whoever comes through one has the address of this machine too."""
    if not log.settings().proxies and any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


class Figures(Collector):
    """Asked anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        yield from _steps_and_letters()
        yield from _queues()
        yield _overdue()
        yield from _workers()


def _measures() -> Measures:
    """Those of this process."""
    kept: Measures = current_app.extensions.setdefault("measures", Measures())
    return kept


def _steps_and_letters() -> Iterator[Metric]:
    steps = CounterMetricFamily("gongdao_steps", "Steps taken, by process and action.", labels=["process", "action"])
    for labels, count in sorted(_measures().steps(db()).items()):
        steps.add_metric(labels, count)
    yield steps
    letters = CounterMetricFamily("gongdao_letters_issued", "Letters issued, by kind.", labels=["kind"])
    for labels, count in sorted(_measures().letters(db()).items()):
        letters.add_metric(labels, count)
    yield letters
    yield CounterMetricFamily(
        "gongdao_letters_rendered", "Papers of letters made, by language and copy one each.", measures.papers(db())
    )


def _queues() -> Iterator[Metric]:
    length = GaugeMetricFamily("gongdao_queue_length", "Work in the background.", labels=["kind", "state"])
    age = GaugeMetricFamily("gongdao_queue_age_seconds", "How long the oldest that waits has waited.", labels=["kind"])
    for kind, tally in background.tallies(db(), now()).items():
        for state in background.STATES:
            length.add_metric([kind, state], getattr(tally, state))
        age.add_metric([kind], (now() - tally.oldest).total_seconds() if tally.oldest else 0)
    yield from (length, age)


def _overdue() -> Metric:
    overdue = GaugeMetricFamily("gongdao_overdue", "Cases whose deadline is over, by process.", labels=["process"])
    for process, count in measures.overdue(db(), now()).items():
        overdue.add_metric([process], count)
    return overdue


def _workers() -> Iterator[Metric]:
    yield GaugeMetricFamily("gongdao_workers", "Workers seen lately.", len(pulse.living(db(), now())))
