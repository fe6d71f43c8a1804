"""The command that fetches today's API prices: away from the window's thread, and only when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from planner.app.background import Background
from planner.catalog.api_prices import FetchedPrices, api_price, fetch_api_prices, use_api_prices
from planner.catalog.records import ApiPrice
from planner.errors import CatalogError, PlannerError
from planner.ui.dialogs.prices import PricesDialog, own_text

if TYPE_CHECKING:
    from planner.ui.window import MainWindow

_KEY = "prices"


class PriceRefresh(QObject):
    """Fetches the price list, puts it in use, and says what moved."""

    def __init__(self, window: MainWindow, fetch: Callable[[], FetchedPrices] = fetch_api_prices) -> None:
        super().__init__(window)
        self._window = window
        self.fetch = fetch
        self.dialog: PricesDialog | None = None
        self._work = Background(self)
        self._work.done.connect(self._use)
        self._work.failed.connect(self._fail)

    def start(self) -> None:
        """Fetch, unless an answer is awaited."""
        if self._work.busy:
            return
        self._window.bus.info("Fetching the price list of genai-prices.", "The plan can go on.", key=_KEY)
        self._work.start(self.fetch)

    def stop(self) -> None:
        """Leave nothing running."""
        self._work.stop()

    def _own(self) -> ApiPrice | None:
        api = self._window.store.scenario.api
        try:
            return api_price(api.provider, api.model)
        except CatalogError:  # a list need not hold what a plan names
            return None

    def _use(self, fetched: FetchedPrices) -> None:
        self._window.bus.clear(_KEY)
        before = self._own()
        moves = use_api_prices(fetched)
        self._window.live.simulate_again()
        own = own_text(before, self._own())
        provider = self._window.store.scenario.api.provider
        self.dialog = PricesDialog(moves, fetched.day, provider, own, self._window)
        self.dialog.back_asked.connect(self._go_back)
        self.dialog.open()

    def _go_back(self) -> None:
        use_api_prices(None)
        self._window.live.simulate_again()

    def _fail(self, problem: PlannerError) -> None:
        self._window.bus.report(problem, key=_KEY)
