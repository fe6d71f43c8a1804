"""Expressions with names: what a reader knows becomes a quantity, all else stays inside the equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.engine.equations.expressions import (
    OVER_MONTHS,
    Expression,
    Number,
    Operation,
    Quantity,
    evaluate,
    of,
    quantities_in,
)
from planner.engine.equations.plan import Block


@dataclass(slots=True)
class _Section:
    key: str
    title: str
    strategy: str
    quantities: list[Quantity] = field(default_factory=list)


class Graph:
    """Quantities of a plan by block.

    The engine's functions give large expressions of shared parts. What is given a name here stands as a
    quantity in all that is written down later, wherever the same expression comes up again.
    """

    def __init__(self) -> None:
        self._sections: dict[tuple[str, str], _Section] = {}
        self._open: _Section | None = None
        self._seen: dict[int, Expression] = {}
        self._alive: list[Expression] = []
        self._made: dict[tuple[Any, ...], Expression] = {}
        self._named: dict[int, Quantity] = {}
        self._of_traffic: set[int] = set()
        self.keys: dict[str, Quantity] = {}

    # ------------------------------------------------------------------ blocks
    def open(self, key: str, title: str, strategy: str = "") -> None:
        """Let what is named from here on stand in a block."""
        self._open = self._sections.setdefault((strategy, key), _Section(key, title, strategy))

    def blocks(self, reached: set[int]) -> tuple[Block, ...]:
        """Return all blocks, those that strategies share first.

        Parameters
        ----------
        reached : set of int
            Identities of the quantities that something rests on, see `reached_from`.
        """
        found = [
            Block(each.key, each.title, tuple(q for q in each.quantities if id(q) in reached), each.strategy)
            for each in self._sections.values()
        ]
        return tuple(
            sorted((each for each in found if each.quantities), key=lambda each: bool(each.strategy))
        )

    # ------------------------------------------------------------------ names
    def name(
        self, value: Any, key: str, title: str, unit: str, *, equations: tuple[str, ...] = ()
    ) -> Expression:
        """Return the quantity of an expression: a new one, or the one that it already is.

        What is a plain number, an input or a constant stays what it is.
        """
        written = self.written(value)
        if not isinstance(written, Operation):
            return written
        quantity = self._add(written, key, title, unit, equations)
        self._named[id(self._one(of(value)))] = quantity
        return quantity

    def add(
        self, value: Any, key: str, title: str, unit: str, *, equations: tuple[str, ...] = ()
    ) -> Quantity:
        """Return a quantity of its own, even where its equation is another one's name or a number."""
        return self._own(value, self.written(value), key, title, unit, equations)

    def twin(self, value: Any, key: str, title: str, unit: str) -> Expression:
        """Return a quantity whose equation is written out even where another has the same, or a number."""
        written = self.written(value)
        if isinstance(written, Quantity) and isinstance(of(value), Operation):
            written = written.equation or written
        return written if isinstance(written, Number) else self._own(value, written, key, title, unit, ())

    def _own(
        self, value: Any, written: Expression, key: str, title: str, unit: str, equations: tuple[str, ...]
    ) -> Quantity:
        quantity = self._add(written, key, title, unit, equations)
        whole = self._one(of(value))
        if isinstance(whole, Operation):
            self._named.setdefault(id(whole), quantity)
        return quantity

    def stand_in(self, original: Any, value: Any, key: str, title: str, unit: str) -> None:
        """Let a quantity with an equation of its own stand wherever an expression comes up."""
        quantity = self._add(self.written(value), key, title, unit, ())
        self._named[id(self._one(of(original)))] = quantity

    def _add(
        self, written: Expression, key: str, title: str, unit: str, equations: tuple[str, ...]
    ) -> Quantity:
        assert self._open is not None
        key = self._free(key)
        value = evaluate(written)
        months = np.asarray(value, dtype=np.float64)
        kept: Any = months if months.ndim else float(months)
        quantity = Quantity(key, title, unit, kept, written, equations=equations)
        if self.is_of_traffic(written):
            self._of_traffic.add(id(quantity))
        self.keys[key] = quantity
        self._open.quantities.append(quantity)
        return quantity

    def _free(self, key: str) -> str:
        """Return a key that is not taken: the same part of two plans of one model, say."""
        number = 2
        found = key
        while found in self.keys:
            found, number = f"{key} {number}", number + 1
        return found

    def written(self, value: Any) -> Expression:
        """Return an expression in which everything that has a name by now stands by it."""
        return self._written(self._one(of(value)), {})

    def _written(self, node: Expression, done: dict[int, Expression]) -> Expression:
        found: Expression | None = self._named.get(id(node)) or done.get(id(node))
        if found is not None or not isinstance(node, Operation):
            return node if found is None else found
        parts = tuple(self._written(each, done) for each in node.of)
        if node.name in OVER_MONTHS:
            assert isinstance(parts[0], Quantity), f"{node.name} of something without a name"
        found = done[id(node)] = Operation(node.name, parts)
        return found

    def _one(self, node: Expression) -> Expression:
        """Return the one expression that stands for all that are the same."""
        if not isinstance(node, Operation):
            return node
        found = self._seen.get(id(node))
        if found is None:
            plain = Operation(node.name, tuple(self._one(each) for each in node.of))
            found = self._made.setdefault(_form(plain), plain)
            self._seen[id(node)] = found
            self._alive.append(node)  # so that no other takes its place in memory
        return found

    # ------------------------------------------------------------------ month 0
    def only_with_traffic(self, quantity: Expression) -> None:
        """Take note that a quantity is zero in month 0, whatever its inputs."""
        self._of_traffic.add(id(quantity))

    def is_of_traffic(self, expression: Expression) -> bool:
        """Return whether an expression is zero in month 0, whatever its inputs."""
        if id(expression) in self._of_traffic:
            return True
        if not isinstance(expression, Operation):
            return isinstance(expression, Number) and expression.value == 0.0
        each = [self.is_of_traffic(part) for part in expression.of]
        if expression.name == "*":
            return any(each)
        if expression.name in ("+", "-", "neg"):
            return all(each)
        return expression.name == "/" and each[0]


def reached_from(roots: Iterable[Quantity]) -> list[Quantity]:
    """Return everything that quantities rest on, they themselves among them, each once."""
    found: dict[int, Quantity] = {}
    waiting = list(roots)
    while waiting:
        quantity = waiting.pop()
        if id(quantity) not in found:
            found[id(quantity)] = quantity
            if quantity.equation is not None:
                waiting.extend(quantities_in(quantity.equation))
    return list(found.values())


def _form(operation: Operation) -> tuple[Any, ...]:
    """Return what two expressions share that are the same: operator, and what it is of."""
    return (
        operation.name,
        *((each.value,) if isinstance(each, Number) else id(each) for each in operation.of),
    )
