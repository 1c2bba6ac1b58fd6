"""Remembers the last results of pure functions, so that an unchanged part is the same object."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def remembered(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the results of the last `size` different calls.

    Arguments are compared by value where they can be hashed and by identity where they cannot
    (arrays, lists); an argument lives as long as its result, so an identity is never reused.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        kept: OrderedDict[Hashable, tuple[object, R]] = OrderedDict()

        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            key = (
                *map(_key, args),
                *((name, _key(value)) for name, value in sorted(kwargs.items())),
            )
            if key in kept:
                kept.move_to_end(key)
                return kept[key][1]
            result = function(*args, **kwargs)
            kept[key] = ((args, kwargs), result)
            if len(kept) > size:
                kept.popitem(last=False)
            return result

        return wrapper

    return decorate


def _key(value: object) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return ("identity", id(value))
    return value
