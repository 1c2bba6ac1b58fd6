"""Strict JSON for frozen dataclasses: what is not exactly as declared is refused with words."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from rnnstudio.project.errors import ProjectFileError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

# Deeper than any value of ours; Python's parser would otherwise end in a RecursionError.
_DEEPEST = 50
_JSON_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    type(None): "null",
}


def encoded(value: DataclassInstance) -> dict[str, object]:
    """A dataclass as plain JSON values; enums by value, tuples as lists, numbers as they are."""
    hints = get_type_hints(type(value))
    return {
        field.name: _plain(getattr(value, field.name), hints[field.name])
        for field in dataclasses.fields(value)
    }


def decoded(kind: type[T], value: object, where: str) -> T:
    """The dataclass `kind` from plain JSON values.

    Args:
        kind: a dataclass whose fields are numbers, texts, enums, unions of them or dataclasses.
        value: what `json.loads` gave.
        where: the name of the place for the messages, e.g. "settings".

    Raises:
        ProjectFileError: a key is unknown or missing, or a value is of another type.
    """
    if not isinstance(value, Mapping):
        raise _wrong(where, "an object", value)
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    for key in value:
        if key not in names:
            raise ProjectFileError(f"{where} has the unknown entry {_short(key)}.")
    for name in names:
        if name not in value:
            raise ProjectFileError(f"{where} lacks the entry “{name}”.")
    fields = {name: _typed(value[name], hints[name], f"{where}.{name}") for name in names}
    return kind(**fields)


def parsed(text: str, where: str) -> object:
    """The value of a JSON text; NaN and Infinity, which JSON does not have, are refused.

    Raises:
        ProjectFileError: the text is no JSON or is nested absurdly deep.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
        _check_depth(value, _DEEPEST)
    except (ValueError, RecursionError):
        raise ProjectFileError(f"{where} cannot be understood: it is no valid JSON.") from None
    return value


def written(value: object) -> str:
    """JSON text in ASCII, so that any text, lone surrogates included, survives the file."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _plain(value: object, hint: Any) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return encoded(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, int) and not isinstance(value, bool) and _takes_float_only(hint):
        return float(value)
    return value


def _takes_float_only(hint: Any) -> bool:
    options = get_args(hint) or (hint,)
    return float in options and int not in options


def _typed(value: object, hint: Any, where: str) -> object:
    if get_origin(hint) in (Union, UnionType):
        return _typed_union(value, get_args(hint), where)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return decoded(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            known = ", ".join(str(member.value) for member in hint)
            raise ProjectFileError(f"{where} is {_short(value)}; known are {known}.") from None
    if hint is float and type(value) is int:
        value = _as_float(value, where)
    # `type(...) is`: a bool is no whole number here.
    if type(value) is not hint:
        raise _wrong(where, _JSON_NAMES.get(hint, str(hint)), value)
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(where, "a finite number", value)
    return value


def _typed_union(value: object, options: tuple[Any, ...], where: str) -> object:
    # The exact type first, so that a whole number stays one where both are allowed.
    for option in sorted(options, key=lambda option: type(value) is not option):
        try:
            return _typed(value, option, where)
        except ProjectFileError:
            continue
    raise _wrong(where, " or ".join(_JSON_NAMES.get(o, str(o)) for o in options), value)


def _as_float(value: int, where: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise _wrong(where, "a finite number", value) from None


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise RecursionError
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_depth(item, left - 1)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _wrong(where: str, expected: str, value: object) -> ProjectFileError:
    return ProjectFileError(f"{where} should be {expected}, but is {_short(value)}.")


def _short(value: object) -> str:
    # `int`s beyond 4,300 digits cannot even be turned into text.
    if isinstance(value, int) and abs(value) > 10**30:
        return "a huge number"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:40] + "…"
