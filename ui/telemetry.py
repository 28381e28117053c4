"""Figures about the server for Prometheus, under ``/metrics`` where METRICS=1 is set.

Counted in this process since it started. Names begin with ``dashboard_``; ``process_…`` and ``python_…`` come from the
client library. Where several processes serve, each sample names its process (``of_all``). Lookups in Streamlit's caches and open sessions are Streamlit's own counts, read when they are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from urllib.request import urlopen

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from streamlit import runtime
from streamlit.runtime.caching.cache_metrics import get_cache_metrics

from queries import warehouse
from queries.status import build_summary
from queries.warehouse import current_warehouse
from ui import downloads, runs
from ui.runs import Run

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each
CONTENT_TYPE = CONTENT_TYPE_LATEST
ASK_SECONDS = 2.0
"""How long one process waits for the figures of another."""
_RUN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_QUERY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_runs = Histogram(
    "dashboard_rerun_seconds", "Seconds of each run of a page or a part of it.", ("page", "part"), buckets=_RUN_SECONDS
)  # fmt: skip
_failed = Counter("dashboard_reruns_failed", "Runs that ended with an error.", ("page",))
_queries = Histogram("dashboard_query_seconds", "Seconds of each query.", buckets=_QUERY_SECONDS)
_exports = Counter("dashboard_exports", "Files made for readers, by the ending of their names.", ("ending",))
_answers = {True: 0, False: 0}
_answering = Lock()


class _Server(Collector):
    """What is looked up when somebody asks: the build, Streamlit's caches and its sessions."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """All families."""
        yield from self._builds()
        yield _cache_lookups()
        answers = CounterMetricFamily(
            "dashboard_answers", "Small answers that are kept with their build.", labels=("result",)
        )
        answers.add_metric(("kept",), _answers[True])
        answers.add_metric(("asked",), _answers[False])
        yield answers
        yield GaugeMetricFamily("dashboard_sessions", "Open sessions.", value=_sessions())

    def _builds(self) -> Iterable[Metric]:
        try:
            found = current_warehouse(self._folder())
            summary = build_summary(found)
        except Exception:  # without a build the other figures matter all the more
            yield GaugeMetricFamily("dashboard_build_usable", "1 where a build can be asked.", value=0)
            return
        build = GaugeMetricFamily("dashboard_build_info", "The build that is shown.", labels=("build_id",))
        build.add_metric((found.build_id,), 1)
        age = (dt.datetime.now(dt.UTC) - found.built_at).total_seconds()
        yield build
        yield GaugeMetricFamily("dashboard_build_usable", "1 where a build can be asked.", value=1)
        yield GaugeMetricFamily("dashboard_build_age_seconds", "Seconds since it was built.", value=age)
        yield GaugeMetricFamily(
            "dashboard_build_rows_rejected", "Rows of office files that it refused.", value=summary["rows_rejected"]
        )  # fmt: skip
        yield GaugeMetricFamily(
            "dashboard_build_rows_kept", "Rows of office files in it.", value=summary["rows_kept"]
        )
        yield CounterMetricFamily(
            "dashboard_builds_opened", "Builds that were opened.", value=warehouse.opened_builds()
        )


def _cache_lookups() -> CounterMetricFamily:
    lookups = CounterMetricFamily(
        "dashboard_cache_lookups", "Lookups in Streamlit's caches.", labels=("cache", "result")
    )
    for stat in get_cache_metrics().get_stats(("cache_lookups",)).get("cache_lookups", ()):
        labels = getattr(stat, "labels", None) or {}
        lookups.add_metric((labels.get("cache", ""), labels.get("result", "")), getattr(stat, "value", 0))
    return lookups


def _sessions() -> float:
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().stats_mgr.get_stats(family_names=["active_sessions"])
    return sum(getattr(stat, "value", 0) for stat in stats.get("active_sessions", ()))


def _run(run: Run) -> None:
    _runs.labels(run.page, run.part).observe(run.seconds)
    if run.failed:
        _failed.labels(run.page).inc()


def _answer(kept: bool) -> None:
    with _answering:  # a rerun takes dozens: the library's counter would cost ten times as much
        _answers[kept] += 1


def start(folder: Callable[[], Path]) -> None:
    """Begin to count. ``folder`` says where builds are published. Called once a process."""
    runs.told_of_runs.append(_run)
    warehouse.told_of_queries.append(_queries.observe)
    warehouse.told_of_answers.append(_answer)
    downloads.told_of_exports.append(lambda ending: _exports.labels(ending).inc())
    REGISTRY.register(_Server(folder))


def text() -> bytes:
    """All figures as Prometheus reads them."""
    return generate_latest(REGISTRY)


def of_all(ports: Mapping[int, int], query: str) -> bytes:
    """The figures of several processes, each sample with the number of its process; those that do not answer are left out.

    ``ports``: where each of them answers on this machine, by number.
    """
    families: dict[str, Metric] = {}
    for number, port in sorted(ports.items()):
        for family in text_string_to_metric_families(_figures_of(port, query)):
            into = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                into.add_sample(sample.name, {**sample.labels, "process": str(number)}, sample.value)
    registry = CollectorRegistry()
    registry.register(_Gathered(list(families.values())))
    return generate_latest(registry)


def _figures_of(port: int, query: str) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics?{query}", timeout=ASK_SECONDS) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


class _Gathered(Collector):
    """Families that are there already."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self.families
