"""What answers requests: replicas, load, latency against limits, memory, how it is served."""

from __future__ import annotations

from planner.ui.plots.figures.serving import (
    LATENCIES,
    HowServed,
    Latency,
    ServingMemory,
    latency_by_month,
    load_figure,
    replicas_figure,
)
from planner.ui.tabs.page import Page, Row, Switched


class ServingTab(Page):
    """Replicas or load, a latency by month, each latency against its limit, memory, how it is served."""

    title = "Serving"

    def __init__(self) -> None:
        super().__init__()
        self.replicas, self.load = replicas_figure(), load_figure()
        self.by_month = [latency_by_month(about) for about in LATENCIES]
        self.latencies = [Latency(about) for about in LATENCIES]
        self.memory, self.served = ServingMemory(), HowServed()
        self.capacity = Switched("Capacity", (("Replicas", self.replicas), ("Load", self.load)))
        self.waits = Switched(
            "Latency by month", [(a.brief, f) for a, f in zip(LATENCIES, self.by_month, strict=True)]
        )
        self.lay_out(
            (self.replicas, self.load, *self.by_month, *self.latencies, self.memory, self.served),
            (
                Row(((self.capacity, 46), (self.waits, 54)), least=186),
                Row(tuple((figure.card, 33) for figure in self.latencies), least=166),
                Row(((self.memory.card, 28), (self.served.card, 72)), least=236),
            ),
        )
