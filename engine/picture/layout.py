"""Where boxes stand and arrows run: a layered drawing from top to bottom.

The usual four steps (Sugiyama): turn back-arrows round, give each box a layer, order each layer so that few arrows
cross, set boxes side by side under what leads to them. Small on purpose: scenarios have some tens of boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, field

GAP_X, GAP_Y = 40.0, 60.0
SWEEPS = 12
BESIDE = 80.0  # pixels between an arrow and the one that leads straight back


class Place(Struct):
    """The middle of a box, and its size."""

    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0


class Plan(Struct):
    """`lines[i]` are the points of arrow i, from its source's edge to its target's."""

    places: list[Place]
    lines: list[list[tuple[float, float]]] = field(default_factory=list)
    width: float = 0
    height: float = 0


def planned(
    sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]], room: Mapping[int, float] | None = None
) -> Plan:
    """Boxes of these sizes with these arrows (source, target); an arrow to itself is drawn as a loop at its side.
    `room`: boxes with more space beneath, in pixels, for the labels of their arrows."""
    back = _back_arrows(len(sizes), arrows)
    forward = [(target, source) if place in back else (source, target) for place, (source, target) in enumerate(arrows)]
    layers = _layers(len(sizes), [one for one in forward if one[0] != one[1]])
    grid = _Grid(sizes, layers, forward)
    grid.order()
    grid.place(room or {})
    return grid.plan(arrows, back)


def _back_arrows(count: int, arrows: Sequence[tuple[int, int]]) -> set[int]:
    """Those that lead to a box from which one comes: found by walking from the first box, without recursion."""
    leaving: dict[int, list[tuple[int, int]]] = {box: [] for box in range(count)}
    for place, (source, target) in enumerate(arrows):
        leaving[source].append((place, target))
    back: set[int] = set()
    done: set[int] = set()
    for root in range(count):
        stack, path = [(root, iter(leaving[root]))], {root}
        if root in done:
            continue
        while stack:
            box, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                path.discard(box)
                done.add(box)
            elif step[1] in path:
                back.add(step[0])
            elif step[1] not in done:
                path.add(step[1])
                stack.append((step[1], iter(leaving[step[1]])))
    return back


def _layers(count: int, arrows: Iterable[tuple[int, int]]) -> list[int]:
    """The longest way from a beginning: every arrow leads down."""
    arrows = list(arrows)
    layer = [0] * count
    for _ in range(count):
        moved = False
        for source, target in arrows:
            if layer[target] <= layer[source]:
                layer[target] = layer[source] + 1
                moved = True
        if not moved:
            break
    return layer


class _Grid:
    """Boxes and, for arrows that pass layers, a thin place in each: all are `cells`, the boxes first."""

    def __init__(
        self, sizes: Sequence[tuple[float, float]], layers: Sequence[int], arrows: Sequence[tuple[int, int]]
    ) -> None:
        self.boxes = len(sizes)
        self.cells = [Place(width=width, height=height) for width, height in sizes]
        self.rows: list[list[int]] = [[] for _ in range(max(layers, default=0) + 1)]
        self.layer = list(layers)
        for box, layer in enumerate(layers):
            self.rows[layer].append(box)
        self.up: dict[int, list[int]] = {}
        self.down: dict[int, list[int]] = {}
        self.chains: list[list[int]] = []
        for source, target in arrows:
            chain = [source]
            for layer in range(self.layer[source] + 1, self.layer[target]):
                self.cells.append(Place(width=12, height=0))
                self.layer.append(layer)
                self.rows[layer].append(len(self.cells) - 1)
                chain.append(len(self.cells) - 1)
            chain.append(target)
            self.chains.append(chain)
            for above, below in pairwise(chain):
                if above != below:
                    self.down.setdefault(above, []).append(below)
                    self.up.setdefault(below, []).append(above)

    # order ------------------------------------------------------------------------------------------------------

    def order(self) -> None:
        """Sweep down and up, each time by the middle of the neighbours; keep the order with the fewest crossings."""
        best, least = [list(row) for row in self.rows], self.crossings()
        for sweep in range(SWEEPS):
            rows = self.rows if sweep % 2 == 0 else self.rows[::-1]
            near = self.up if sweep % 2 == 0 else self.down
            for row in rows[1:]:
                self._sort(row, near)
            found = self.crossings()
            if found < least:
                best, least = [list(row) for row in self.rows], found
        self.rows = best

    def _sort(self, row: list[int], near: Mapping[int, list[int]]) -> None:
        index = self.index()
        own = {cell: place for place, cell in enumerate(row)}

        def middle(cell: int) -> float:
            places = [index[one] for one in near.get(cell, ())]
            return sum(places) / len(places) if places else own[cell]

        row.sort(key=middle)

    def index(self) -> dict[int, int]:
        return {cell: place for row in self.rows for place, cell in enumerate(row)}

    def crossings(self) -> int:
        index, total = self.index(), 0
        for row in self.rows[:-1]:
            ends = [
                index[below] for cell in row for below in sorted(self.down.get(cell, ()), key=lambda one: index[one])
            ]
            total += sum(ends[j] < ends[i] for i in range(len(ends)) for j in range(i + 1, len(ends)))
        return total

    # place ------------------------------------------------------------------------------------------------------

    def place(self, room: Mapping[int, float]) -> None:
        """Rows beneath each other; within a row, each cell as near to the middle of its neighbours as may be."""
        y = 0.0
        for row in self.rows:
            height = max((self.cells[cell].height for cell in row), default=0)
            x = 0.0
            for cell in row:
                self.cells[cell].y = y + height / 2
                if cell >= self.boxes:
                    self.cells[cell].height = height
                self.cells[cell].x = x + self.cells[cell].width / 2
                x += self.cells[cell].width + GAP_X
            y += height + GAP_Y + max((room.get(cell, 0.0) for cell in row), default=0.0)
        for sweep in range(SWEEPS * 2):
            rows, near = (self.rows, self.up) if sweep % 2 == 0 else (self.rows[::-1], self.down)
            for row in rows:
                self._straighten(row, near)
        left = min((one.x - one.width / 2 for one in self.cells), default=0)
        for one in self.cells:
            one.x -= left

    def _straighten(self, row: Sequence[int], near: Mapping[int, list[int]]) -> None:
        wish = {}
        for cell in row:
            places = sorted(self.cells[one].x for one in near.get(cell, ()))
            middle = len(places) // 2
            wish[cell] = (places[middle] + places[~middle]) / 2 if places else self.cells[cell].x
        spread = self._pushed(row, wish)
        backward = {cell: -x for cell, x in wish.items()}
        other = {cell: -x for cell, x in self._pushed(row[::-1], backward).items()}
        for cell in row:
            self.cells[cell].x = (spread[cell] + other[cell]) / 2

    def _pushed(self, row: Sequence[int], wish: Mapping[int, float]) -> dict[int, float]:
        """The wishes from left to right, each pushed away by the one before."""
        found: dict[int, float] = {}
        edge = float("-inf")
        for cell in row:
            half = self.cells[cell].width / 2
            found[cell] = max(wish[cell], edge + half)
            edge = found[cell] + half + GAP_X
        return found

    # result -----------------------------------------------------------------------------------------------------

    def plan(self, arrows: Sequence[tuple[int, int]], back: set[int]) -> Plan:
        plan = Plan(self.cells[: self.boxes])
        both = {tuple(self.chains[place]) for place in back if len(self.chains[place]) == 2}
        for place, chain in enumerate(self.chains):
            points = self._points(chain)
            if tuple(chain) in both and chain[0] != chain[1]:  # there and straight back, beside each other
                aside = min(BESIDE, *(self.cells[cell].width - 16 for cell in chain)) / 2
                points = [(x + (aside if place in back else -aside), y) for x, y in points]
            plan.lines.append(points[::-1] if place in back else points)
        loops = [self.cells[source] for source, target in arrows if source == target]
        plan.width = max(
            [cell.x + cell.width / 2 for cell in self.cells] + [cell.x + cell.width / 2 + 40 for cell in loops],
            default=0,
        )
        plan.height = max((cell.y + cell.height / 2 for cell in self.cells), default=0)
        return plan

    def _points(self, chain: Sequence[int]) -> list[tuple[float, float]]:
        first, last = self.cells[chain[0]], self.cells[chain[-1]]
        if chain[0] == chain[-1]:
            side, up, down = first.x + first.width / 2, first.y - first.height / 4, first.y + first.height / 4
            return [(side, up), (side + 30, up), (side + 30, down), (side, down)]
        passed = [self.cells[cell] for cell in chain[1:-1]]  # upright past the boxes of their rows
        inner = [(one.x, one.y + part * one.height / 2) for one in passed for part in (-1, 1)]
        return [(first.x, first.y + first.height / 2), *inner, (last.x, last.y - last.height / 2)]
