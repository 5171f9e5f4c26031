"""Reads digits with separators: "1,234", "26,17,215", "1.234.567,89", "40\u202f000"."""

from typing import Final

# What is longer than a quintillion with two decimals is an identifier, not a count.
MAX_DIGITS: Final = 21


def plain_digits(piece: str, decimal: str = ".") -> float | None:
    """Return the value of digits with separators, or None when they are not grouped as one number."""
    if "٬" in piece or "٫" in piece:
        piece, decimal = piece.replace("٬", ",").replace("٫", "."), "."
    for space in ("\u202f", "\u00a0", "'", "’"):
        if space in piece:
            head, *rest = piece.split(space)
            if (
                not head.isdecimal()
                or len(head) > 3
                or any(len(part.split(decimal)[0]) != 3 for part in rest)
            ):
                return None
            piece = piece.replace(space, "")
    if sum(map(str.isdecimal, piece)) > MAX_DIGITS:
        return None
    if "." not in piece and "," not in piece:
        return float(piece)
    return _separated(piece, decimal)


def _separated(piece: str, decimal: str) -> float | None:
    group = "," if decimal == "." else "."
    dots, commas = piece.count("."), piece.count(",")
    if dots and commas:
        last = max(piece.rfind("."), piece.rfind(","))
        if piece.count(piece[last]) > 1:
            return None
        whole = piece[:last]
        if not _grouped(whole, "," if piece[last] == "." else "."):
            return None
        return float(_ascii(whole) + "." + piece[last + 1 :])
    sign = "." if dots else ","
    if dots + commas > 1:
        return float(_ascii(piece)) if _grouped(piece, sign) else None
    head, tail = piece.split(sign)
    if sign == group and len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0"):
        return float(head + tail)
    if sign == group and len(tail) > 3:
        return None
    return float(head + "." + tail)


def _ascii(piece: str) -> str:
    return piece.replace(",", "").replace(".", "")


def _grouped(piece: str, sign: str) -> bool:
    """Whether the groups are those of thousands, or of lakh and crore."""
    head, *rest = piece.split(sign)
    if not rest or not 1 <= len(head) <= 3:
        return False
    widths = [len(part) for part in rest]
    return widths[-1] == 3 and (
        all(w == 3 for w in widths) or (len(head) <= 2 and all(w == 2 for w in widths[:-1]))
    )
