"""A share in words, the same in the window, in reports and on the command line."""

from __future__ import annotations


def percent(share: float) -> str:
    """Write a share with its sign, e.g. "12.3 %"; "–" where there is nothing to share.

    Only all is "100.0 %" and only none "0.0 %": what is nearly so is ">99.9 %" or "<0.1 %".
    """
    if share != share:
        return "–"
    text, size = f"{abs(share) * 100:.1f}", abs(share)
    if text == "100.0" and size < 1:
        text = ">99.9"
    elif text == "0.0" and size > 0:
        text = "<0.1"
    return f"−{text} %" if share < 0 else f"{text} %"
