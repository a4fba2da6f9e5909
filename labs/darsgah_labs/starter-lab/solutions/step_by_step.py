"""Subtracts cup by cup, and walks through the names in the order of the alphabet."""


# %% cups-from
def cups_from(litres: float, cup_ml: float = 200) -> int:
    if litres < 0:
        raise ValueError("litres cannot be negative")
    left = litres * 1000
    cups = 0
    while left >= cup_ml:
        left = left - cup_ml
        cups = cups + 1
    return cups


# %% most-wanted
def most_wanted(orders: list[str]) -> tuple[str, int] | None:
    best = None
    for drink in sorted(set(orders)):
        if best is None or orders.count(drink) > best[1]:
            best = (drink, orders.count(drink))
    return best
