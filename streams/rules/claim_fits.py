"""What a comparator is usually told in: heat in degrees, a price in money, a toll in deaths."""

from typing import Final

DURATIONS: Final = frozenset(
    ["seconds", "minutes", "hours", "days", "nights", "weeks", "months", "years", "decades", "centuries"]
)
# What a comparator is usually told in.
FITS: Final = {
    "hottest": "degrees", "warmest": "degrees", "coldest": "degrees", "coolest": "degrees", "deadliest": "deaths", "most expensive": "money",
    "tallest": "length", "deepest": "length", "farthest": "length", "widest": "length", "closest": "length", "heaviest": "weight",
    "oldest": "age", "youngest": "age", "fastest": "pace", "wettest": "rain", "driest": "rain", "snowiest": "rain", "windiest": "speed", "longest": "extent", "shortest": "extent", "sunniest": "time",
    "highest-grossing": "money",
}  # fmt: skip
_LENGTHS: Final = frozenset(
    [
        "kilometres",
        "metres",
        "centimetres",
        "millimetres",
        "miles",
        "nautical miles",
        "feet",
        "inches",
        "yards",
        "light years",
    ]
)
_WEIGHTS: Final = frozenset(
    ["kilograms", "grams", "tonnes", "tons", "pounds weight", "ounces", "stone", "carats"]
)
_MONEY: Final = frozenset(
    ["dollars", "euros", "pounds", "yen", "yuan", "rupees", "roubles", "won", "lira", "reais", "swiss francs"]
)
_SPEEDS: Final = frozenset(["kilometres an hour", "miles an hour", "metres a second", "knots"])
KINDS: Final = {
    "money": _MONEY,
    "length": _LENGTHS,
    "weight": _WEIGHTS,
    "time": DURATIONS,
    "age": (DURATIONS | {"age"}) - {"seconds", "minutes", "hours"},
    "pace": DURATIONS | _SPEEDS,
    "extent": DURATIONS | _LENGTHS,
    "speed": _SPEEDS,
    "rain": frozenset(["millimetres", "centimetres", "inches", "feet", "days", "litres"]),
}
# With a noun of growth these are told in percent: "the fastest pace since 1957".
RATED: Final = frozenset(["fastest", "slowest", "steepest"])
# What is told in these is told in time.
IN_TIME: Final = frozenset(["time", "age", "pace", "extent"])


def is_in(unit: str, wanted: str) -> bool:
    """Whether a unit is of a kind: metres of length, 12 of deaths where deaths are wanted."""
    if wanted == "degrees":
        return unit.startswith("degrees")
    return unit in KINDS[wanted] if wanted in KINDS else unit == wanted
