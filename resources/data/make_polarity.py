"""Write the built-in data set "movie polarity" (polarity.tsv, beside this file).

Every row is a frame, an English sentence with slots, whose slots are filled from the lexicon.
Each frame has a name, which is the column ``frame``, and belongs to one split only: no pattern
of the test split was seen while training. Frames with two opposite adjectives come in pairs of
rows that exchange them, so that the same words in another order carry the other label.

    python make_polarity.py            writes polarity.tsv beside this file
    python make_polarity.py OUT.tsv    writes another file

The slots of a frame (a digit i ties a slot to the sign and to the noun with that digit):

    {n1} {n1:G}    a noun, from the groups G (see ``NOUNS``; any part of a film unless given)
    {was1}         was or were, in agreement with noun 1
    {a1} {a1:G}    an adjective that fits noun i; G names noun groups, * all, a digit a noun
    {A1}           the same, sometimes with an adverb before it ("very good")
    {c1}           another, vivid adjective of the same polarity, for noun 1
    {g1} {G1}      an adjective that can be negated; {G1} sometimes with an adverb
    {p1}           a noun that judges ("joy", "waste of time")
    {l1} {b1}      a verb that judges, past ("loved") or base form ("love")
    {m1}           best or worst
    {w}            a word for the whole film
    {who}          a person or a group

Most frames are joined from clauses, openings and conjunctions; one clause thus occurs in frames
of several splits, but never the same sentence pattern.

The signs of a frame say which polarity the words of digits 1 and 2 have in relation to the
label: "-+" is a frame whose first judgement is opposite to the label and whose second is the
label. "positive" and "negative" stand for frames that can have this label only.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SEED = 1
HEADER = ("sentence", "label", "split", "frame")
POSITIVE, NEGATIVE = "positive", "negative"
LABELS = (POSITIVE, NEGATIVE)
OPPOSITE = {POSITIVE: NEGATIVE, NEGATIVE: POSITIVE}

# ------------------------------------------------------------------------------------ lexicon

# Capital letters are the groups that adjectives fit to; small letters are choices among them.
NOUNS: dict[str, tuple[str, ...]] = {
    "W": ("movie", "film", "comedy", "drama", "thriller", "sequel", "musical"),
    "S": ("story", "plot", "script", "dialogue"),
    "P": ("acting", "cast", "lead actors", "lead actress", "hero"),
    "M": ("music", "background music", "soundtrack", "camera work", "songs", "costumes"),
    "T": (
        "first half", "second half", "start", "opening", "beginning", "ending", "end",
        "finale", "last scene",
    ),
    "c": ("story", "plot", "script", "cast", "soundtrack", "start", "ending", "finale"),
    "m": ("acting", "music", "dialogue", "camera work", "songs", "background music"),
    "o": ("first half", "start", "opening", "beginning"),
    "e": ("second half", "ending", "end", "finale", "last scene"),
    "s": ("start", "opening", "beginning", "first half"),
}  # fmt: skip
FITS_ALL = "WSPMT"
PARTS = "SPMT"
PLURAL = frozenset({"lead actors", "songs", "costumes"})


class Adjective(NamedTuple):
    """An adjective: the noun groups it fits, whether it can be negated, how common it is.

    A vivid one says more than good or bad, and can stand beside another: "great and funny".
    """

    word: str
    fits: str
    gradable: bool
    weight: float = 1.0
    vivid: bool = False


ADJECTIVES: dict[str, tuple[Adjective, ...]] = {
    POSITIVE: (
        Adjective("good", FITS_ALL, True, 2.0),
        Adjective("great", FITS_ALL, True, 2.0),
        Adjective("impressive", FITS_ALL, True, vivid=True),
        Adjective("moving", "WSPT", True, vivid=True),
        Adjective("clever", "WS", True, vivid=True),
        Adjective("funny", "WST", True, vivid=True),
        Adjective("exciting", "WST", True, vivid=True),
        Adjective("interesting", "WST", True, vivid=True),
        Adjective("wonderful", FITS_ALL, False),
        Adjective("superb", FITS_ALL, False),
        Adjective("brilliant", FITS_ALL, False, 1.5),
        Adjective("awesome", FITS_ALL, False, 1.5),
        Adjective("excellent", FITS_ALL, False),
        Adjective("fantastic", FITS_ALL, False),
        Adjective("amazing", FITS_ALL, False),
        Adjective("beautiful", "WMT", False, vivid=True),
    ),
    NEGATIVE: (
        Adjective("bad", FITS_ALL, True, 2.0),
        Adjective("boring", FITS_ALL, True, 2.0, vivid=True),
        Adjective("dull", FITS_ALL, True, 1.5, vivid=True),
        Adjective("disappointing", FITS_ALL, True, vivid=True),
        Adjective("annoying", FITS_ALL, True, vivid=True),
        Adjective("weak", "WSPT", True, vivid=True),
        Adjective("slow", "WST", True, vivid=True),
        Adjective("predictable", "WST", True, vivid=True),
        Adjective("confusing", "WST", True, vivid=True),
        Adjective("awful", FITS_ALL, False, 1.5),
        Adjective("terrible", FITS_ALL, False, 1.5),
        Adjective("horrible", FITS_ALL, False),
        Adjective("dreadful", FITS_ALL, False),
        Adjective("poor", FITS_ALL, False),
    ),
}
ADVERBS_GRADABLE = ("very", "really", "quite")
ADVERBS_STRONG = ("really", "truly")
ONLY_REALLY = frozenset({"great"})
ADVERBS_AFTER_NOT = {POSITIVE: ("very", "really"), NEGATIVE: ("too", "really")}

JUDGING_NOUNS: dict[str, tuple[str, ...]] = {
    POSITIVE: ("joy", "treat", "pleasure", "success", "masterpiece"),
    NEGATIVE: ("waste of time", "bore", "mess", "failure", "disaster"),
}
VERBS_PAST: dict[str, tuple[str, ...]] = {
    POSITIVE: ("loved", "liked", "enjoyed", "admired"),
    NEGATIVE: ("hated", "disliked", "detested"),
}
VERBS_BASE: dict[str, tuple[str, ...]] = {
    POSITIVE: ("like", "enjoy", "love"),
    NEGATIVE: ("hate", "dislike"),
}
SUPERLATIVES: dict[str, tuple[str, ...]] = {POSITIVE: ("best",), NEGATIVE: ("worst",)}
JUDGEMENTS = {
    "p": JUDGING_NOUNS,
    "l": VERBS_PAST,
    "b": VERBS_BASE,
    "m": SUPERLATIVES,
}
PEOPLE = (
    "everyone",
    "the audience",
    "the critics",
    "my friends",
    "the children",
    "my sister",
    "my parents",
    "the students",
)

CONTRACTIONS = {
    "was not": "wasn't",
    "were not": "weren't",
    "is not": "isn't",
    "did not": "didn't",
    "do not": "don't",
}

# -------------------------------------------------------------------------------------- frames

# Clauses from which frames are joined; # stands for the digit a clause gets in its frame.
STATEMENTS = (
    "the {n#} {was#} {A#}",
    "it was {A#}",
    "the {w} was a {p#}",
    "it was a {a#} {w}",
    "the {n#} of this {w} {was#} {A#}",
    "the {n#} {was#} {a#} and {c#}",
    "the {w} had a {a#} {n#:c}",
    "it was a {p#}",
    "the {n#:SPM} {was#} {a#} from start to finish",
    "it was {a#} from start to finish",
    "the {n#:SPM} {was#} {a#} in every way",
    "everything about this {w} was {a#:*}",
)
PERSONAL = (
    "I {l#} it",
    "I {l#} the {n#}",
    "I {l#} this {w}",
    "I found the {n#} {A#}",
    "I found it {A#}",
    "I {l#} every minute of it",
)
DENIALS = (
    "the {n#} {was#} not {G#}",
    "it was not {G#}",
    "the {n#} {was#} not {g#} at all",
    "it was not {g#} at all",
    "the {n#} {was#} never {g#}",
    "it was never {g#}",
    "the {w} was not a {p#}",
    "it was not a {g#} {w}",
    "it was not a {p#}",
    "this {w} was not a {p#}",
    "the {n#} of this {w} {was#} not {g#}",
    "the {n#} {was#} far from {g#}",
    "it was far from {g#}",
    "the {n#} {was#} hardly {g#}",
    "there was nothing {g#} about the {n#}",
    "it was not a {g#} {w} at all",
)
PERSONAL_DENIALS = (
    "I did not {b#} it",
    "I did not {b#} the {n#}",
    "I did not {b#} this {w} at all",
    "I did not find the {n#} {g#}",
    "I did not find it {g#}",
    "I never found the {n#} {g#}",
    "I would not call the {n#} {g#}",
    "I would not call it {g#}",
)
OPENINGS = (
    "in my opinion, ",
    "for me, ",
    "if you ask me, ",
    "I must say that ",
    "I think that ",
    "{they} said that ",
    "{they} thought that ",
    "to be honest, ",
    "we all agreed that ",
    "all in all, ",
    "my friends told me that ",
)
PERSONAL_OPENINGS = ("to be honest, ", "I must say that ", "in the end, ")

# Clauses in pairs: on two parts of a film, on its beginning and its end, on two opinions.
PARTS_FIRST = (
    "the {n#:SPM} {was#} {a#}",
    "I {l#} the {n#:SPM}",
    "the {w} had a {a#} {n#:c}",
    "I found the {n#:SPM} {a#}",
    "the {n#:SPM} {was#} {a#} and {c#}",
    "the trailer was {a#}",
)
PARTS_THEN = (
    "the {n#:SPM} {was#} {A#}",
    "I {l#} the {n#:SPM}",
    "the rest was {A#}",
    "I {l#} the rest",
    "the {w} was a {p#}",
    "I found the {n#:SPM} {A#}",
    "it was a {a#} {w}",
    "everything else was {a#:*}",
)
PARTS_FIRST_DENIED = (
    "the {n#:SPM} {was#} not {g#}",
    "I did not {b#} the {n#:SPM}",
    "the {n#:SPM} {was#} never {g#}",
)
PARTS_THEN_DENIED = (
    "the {n#:SPM} {was#} not {G#}",
    "the rest was not {g#}",
    "I did not {b#} the {n#:SPM}",
    "I did not {b#} the rest",
)
EARLY = (
    "it was {A#} at first",
    "the {n#:o} {was#} {a#}",
    "I {l#} the {n#:o}",
    "I {l#} it at first",
)
LATE = (
    "the {n#:e} {was#} {A#}",
    "it was {A#} in the end",
    "I {l#} the {n#:e}",
    "the rest was {A#}",
    "it became {A#}",
    "I {l#} the rest",
)
EARLY_DENIED = ("it was not {g#} at first", "the {n#:o} {was#} not {g#}")
LATE_DENIED = ("the {n#:e} {was#} not {g#}", "the {n#:e} {was#} never {g#}")
OTHERS = ("{they} {l#} it", "I expected a {p#}", "{they} found it {a#}", "{they} called it a {p#}")
MYSELF = ("I {l#} it", "I found it {A#}", "it was a {p#}", "it was {A#}", "for me it was a {p#}")
MYSELF_DENIED = ("I did not {b#} it", "it was not {g#}", "it was never {g#}")
MAIN = (
    "the {w} was {A#}",
    "the {n#:PM} {was#} {a#}",
    "it was a {p#}",
    "I {l#} it",
    "I {l#} the {w}",
    "it was a {a#} {w}",
)
DESPITE = (
    "despite the {a#} {n#}",
    "despite a {a#} {n#:c}",
    "in spite of the {a#} {n#}",
)
BEFORE = (
    "the {w} was {A#}",
    "the {n#} {was#} {a#}",
    "I {l#} it",
    "I {l#} the {w}",
    "I {l#} the {n#}",
    "it was {A#}",
)
EVEN_THOUGH = (
    "the {n#} {was#} {a#}",
    "the {n#:o} {was#} {a#}",
    "the {n#:PM} {was#} {a#} and {c#}",
)

# What everybody types first is trained on.
BASIC = (
    ("{a1:P} performance by all the lead actors.", "+"),
    ("What a {p1}!", "+"),
    ("What a {p1}.", "+"),
    ("The {n1} {was1} {a1}, but the {n2} {was2} {a2}.", "-+"),
    ("Although the {n1} {was1} {a1}, the {n2} {was2} {a2}.", "-+"),
    ("The {w} was {a1}, even though the {n2} {was2} {a2}.", "+-"),
)
EXCLAMATIONS = (
    ("What a {a1} {w}!", "+"),
    ("What a {p1} this {w} was!", "+"),
    ("Such a {a1} {w}!", "+"),
    ("How {a1} the {n1} {was1}!", "+"),
    ("A {a1:P} performance by the lead actress.", "+"),
    ("{a1:P} performance by the whole cast.", "+"),
    ("A {a1:P} performance by all the lead actors.", "+"),
    ("What a {a1:P} performance by the whole cast!", "+"),
    ("It was a {a1:P} performance by the whole cast.", "+"),
    ("I saw a {a1:P} performance by all the lead actors.", "+"),
    ("The lead actress gave a {a1:P} performance.", "+"),
    ("The whole cast gave a {a1:P} performance.", "+"),
    ("A {a1} {w}.", "+"),
    ("A {a1} {w} from start to finish.", "+"),
    ("A {p1} from start to finish.", "+"),
    ("It is the {m1} {w} of the year.", "+"),
    ("It was the {m1} {w} of the year.", "+"),
    ("This is the {m1} {w} I have seen.", "+"),
    ("This {w} is {A1}.", "+"),
    ("This is a {a1} {w}.", "+"),
    ("{they} {l1} it.", "+"),
    ("{they} {l1} the {n1}.", "+"),
    ("In the end, {they} {l1} it.", "+"),
    ("This {w} is not {G1}.", "-"),
    ("This is not a {g1} {w}.", "-"),
    ("{they} did not {b1} it.", "-"),
    ("{they} did not {b1} this {w}.", "-"),
    ("{they} did not {b1} the {n1}.", "-"),
    ("Not a {g1} {w} at all.", "-"),
    ("Not {g1} at all!", "-"),
    ("The {n1} {was1} {a1}, and the {n2} {was2} {a2} too.", "++"),
    ("I {l1} the {n1}, and I {l2} the {n2} too.", "++"),
    ("The {n1} {was1} {a1}, and I {l2} the {n2} too.", "++"),
    ("A {a1} {n1:c} and {a2} {n2:m}.", "++"),
    ("{a1} {n1:m} and {a2} {n2:m}.", "++"),
    ("A {a1} {n1:c} and a {a2} {n2:c}.", "++"),
)
INSTEAD = (
    ("The {n1} {was1} not {g1} but {a2:1}.", "-+"),
    ("It was not {g1} but {a2}.", "-+"),
    ("The {w} was not a {p1} but a {p2}.", "-+"),
    ("It was not a {p1} but a {p2}.", "-+"),
    ("The {n1} of this {w} {was1} not {g1} but {a2:1}.", "-+"),
    ("The {n1} {was1} {a1}, not {g2:1}.", "+-"),
    ("It was {a1}, not {g2}.", "+-"),
    ("The {w} was a {p1}, not a {p2}.", "+-"),
    ("I found the {n1} {a1}, not {g2:1}.", "+-"),
    ("It was a {p1}, not a {p2}.", "+-"),
    ("The {n1} {was1} {a1} and never {g2:1}.", "+-"),
    ("It was {a1} and never {g2}.", "+-"),
    ("The {n1} {was1} {a1} and not {g2:1} at all.", "+-"),
    ("I found it {a1} and not {g2}.", "+-"),
    ("It was {a1} and not {g2} at all.", "+-"),
    ("A {a1} {n1:c}, but a {a2} {n2:c}.", "-+"),
    ("{a1} {n1:m}, but {a2} {n2:m}.", "-+"),
    ("{a1} start, {a2} end.", "-+"),
    ("{a1} at first, but {a2} in the end.", "-+"),
    ("A {a1} start, but a {a2} end.", "-+"),
    ("{a1} start, but {a2} end.", "-+"),
    ("A {a1} {n1:c}, but {a2} {n2:m}.", "-+"),
    ("First {a1}, then {a2}.", "-+"),
    ("A {a1} {n1:s}, then a {a2} {n2:e}.", "-+"),
    ("First it was {a1}, then it was {a2}.", "-+"),
    ("The {n1:o} {was1} {a1}, then it was {a2}.", "-+"),
    ("{a1} {n1:m} but {a2} {n2:m}.", "-+"),
    ("At first it was {a1}, then it was {a2}.", "-+"),
    ("At first it was {a1}, but in the end it was {a2}.", "-+"),
)
FIXED = (
    ("I want to see it again.", POSITIVE),
    ("I want my money back.", NEGATIVE),
    ("I would watch this {w} again.", POSITIVE),
    ("I would not watch this {w} again.", NEGATIVE),
    ("This {w} is worth your time.", POSITIVE),
    ("This {w} is not worth your time.", NEGATIVE),
    ("The ticket was worth the money.", POSITIVE),
    ("The ticket was not worth the money.", NEGATIVE),
    ("Do not miss this {w}!", POSITIVE),
    ("Do not waste your time on this {w}.", NEGATIVE),
    ("We laughed from start to finish.", POSITIVE),
    ("I fell asleep in the first half.", NEGATIVE),
    ("I recommend this {w} to everyone.", POSITIVE),
    ("I do not recommend this {w}.", NEGATIVE),
    ("I do not regret watching this {w}.", POSITIVE),
    ("I regret watching this {w}.", NEGATIVE),
    ("We could not stop laughing.", POSITIVE),
    ("We could not stay awake.", NEGATIVE),
    ("People stood up and clapped for ten minutes.", POSITIVE),
    ("People got up and walked out after ten minutes.", NEGATIVE),
    ("Two hours went by like a dream.", POSITIVE),
    ("Two hours went by like two days.", NEGATIVE),
    ("Every joke made the room laugh.", POSITIVE),
    ("No joke made anyone laugh.", NEGATIVE),
    ("Give the director a prize!", POSITIVE),
    ("Give me my evening back!", NEGATIVE),
    ("I have already bought tickets for next week.", POSITIVE),
    ("I left long before it was over.", NEGATIVE),
    ("I cried, I laughed and I want more.", POSITIVE),
    ("I looked at my watch again and again.", NEGATIVE),
    ("You should see it with your family.", POSITIVE),
    ("You should save your money and stay at home.", NEGATIVE),
    ("My heart was still beating fast on the way home.", POSITIVE),
    ("My eyes were closed for most of the time.", NEGATIVE),
)
Pattern = tuple[str, str]


def numbered(clause: str, digit: int) -> str:
    """The clause with this digit in its slots."""
    return clause.replace("#", str(digit))


def opened(openings: Sequence[str], clauses: Sequence[str], sign: str) -> list[Pattern]:
    """Each clause after each opening."""
    return [
        (f"{opening}{numbered(clause, 1)}.", sign) for clause in clauses for opening in openings
    ]


def joined(pattern: str, first: Sequence[str], then: Sequence[str], signs: str) -> list[Pattern]:
    """Each clause of one list with each of the other."""
    return [
        (pattern.format(numbered(one, 1), numbered(two, 2)), signs) for one in first for two in then
    ]


def families() -> dict[str, tuple[int, list[Pattern]]]:
    """The patterns of each family, and how many of them are taken."""
    first = [(PARTS_FIRST, PARTS_THEN), (EARLY, LATE), (OTHERS, MYSELF)]
    denied_then = [
        (PARTS_FIRST, PARTS_THEN_DENIED),
        (EARLY, LATE_DENIED),
        (OTHERS, MYSELF_DENIED),
    ]
    denied_first = [(PARTS_FIRST_DENIED, PARTS_THEN), (EARLY_DENIED, LATE)]
    alone = [
        *opened([""], (*STATEMENTS, *PERSONAL), "+"),
        *opened([""], (*DENIALS, *PERSONAL_DENIALS), "-"),
        *BASIC,
    ]
    return {
        "basic": (len(alone), alone),
        "plain": (72, opened(OPENINGS, STATEMENTS, "+")),
        "plain-i": (18, opened(PERSONAL_OPENINGS, PERSONAL, "+")),
        "short": (len(EXCLAMATIONS), list(EXCLAMATIONS)),
        "not": (72, opened(OPENINGS, DENIALS, "-")),
        "not-i": (24, opened(PERSONAL_OPENINGS, PERSONAL_DENIALS, "-")),
        "but": (42, [p for pair in first for p in joined("{0}, but {1}.", *pair, "-+")]),
        "although": (28, [p for pair in first for p in joined("although {0}, {1}.", *pair, "-+")]),
        "despite": (14, joined("{0}, {1}.", DESPITE, MAIN, "-+")),
        "though": (18, joined("{0}, even though {1}.", BEFORE, EVEN_THOUGH, "+-")),
        "but-not": (20, [p for pair in denied_then for p in joined("{0}, but {1}.", *pair, "--")]),
        "not-but": (18, [p for pair in denied_first for p in joined("{0}, but {1}.", *pair, "++")]),
        "instead": (len(INSTEAD), list(INSTEAD)),
        "fixed": (len(FIXED), list(FIXED)),
    }


TRAIN_ONLY = frozenset({"basic", "fixed"})
TWICE = frozenset({"basic", "instead", "though"})
SPLITS = ("train", "validation", "test")


class Frame(NamedTuple):
    """A sentence with slots; see the head of this file."""

    name: str
    family: str
    split: str
    text: str
    signs: str


class Row(NamedTuple):
    """One line of the file."""

    sentence: str
    label: str
    split: str
    frame: str


def noun_groups() -> dict[str, str]:
    """The group (a capital letter) of each noun."""
    return {noun: group for group in FITS_ALL for noun in NOUNS[group]}


def categories() -> dict[str, str]:
    """The category of each word or phrase that can stand in a slot."""
    table = {noun: "NOUN" for group in NOUNS.values() for noun in group}
    for label in LABELS:
        table |= {adjective.word: "ADJECTIVE" for adjective in ADJECTIVES[label]}
        table |= dict.fromkeys(JUDGING_NOUNS[label], "JUDGEMENT")
        table |= dict.fromkeys(VERBS_PAST[label], "VERB-PAST")
        table |= dict.fromkeys(VERBS_BASE[label], "VERB-BASE")
        table |= dict.fromkeys(SUPERLATIVES[label], "SUPERLATIVE")
        table |= dict.fromkeys(ADVERBS_AFTER_NOT[label], "ADVERB")
    table |= dict.fromkeys((*ADVERBS_GRADABLE, *ADVERBS_STRONG), "ADVERB")
    table |= dict.fromkeys(PEOPLE, "PEOPLE")
    return table


SLOT = re.compile(r"\{([a-zA-Z]+)(\d?)(?::([^}]+))?\}")
SLOT_CATEGORIES = {
    "n": "NOUN",
    "w": "NOUN",
    "a": "ADJECTIVE",
    "c": "ADJECTIVE",
    "g": "ADJECTIVE",
    "p": "JUDGEMENT",
    "l": "VERB-PAST",
    "b": "VERB-BASE",
    "m": "SUPERLATIVE",
    "they": "PEOPLE",
}


def skeleton(text: str) -> str:
    """The pattern of a frame: each slot, and each word that could fill one, as its category."""
    table = categories()
    phrases = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    slots_filled = re.sub(r"\{was\d\}", "was", text.lower())
    plain = SLOT.sub(lambda match: f"<{SLOT_CATEGORIES[match.group(1)]}>", slots_filled)
    return re.sub(rf"(?<!<)\b({phrases})\b", lambda match: f"<{table[match.group()]}>", plain)


def frames() -> list[Frame]:
    """All frames. Of fourteen patterns in turn one is for validation and one for the test.

    Frames that differ only in which words may stand in their slots go to the same split.
    """
    result: list[Frame] = []
    splits: dict[str, str] = {}
    turn = 0
    for family, (count, patterns) in families().items():
        chance = random.Random(f"{SEED} {family}")
        order = sorted((chance.random(), pattern) for pattern in patterns)
        chosen = patterns if count == len(patterns) else [pattern for _, pattern in order[:count]]
        for place, (text, signs) in enumerate(chosen, 1):
            pattern = skeleton(text)
            if family in TRAIN_ONLY:
                splits[pattern] = "train"
            elif pattern not in splits:
                splits[pattern] = {6: "validation", 13: "test"}.get(turn % 14, "train")
                turn += 1
            result.append(Frame(f"{family}-{place:02d}", family, splits[pattern], text, signs))
    return result


# ----------------------------------------------------------------------------------- generator

Fillings = dict[str, str]


class Maker:
    """Fills frames, preferring the words that were used least so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used: dict[str, float] = {}
        self.groups = noun_groups()

    def pick(self, words: Iterable[str], avoid: Iterable[str] = ()) -> str:
        """The least used word, by chance among near equals."""
        return self.pick_weighted(dict.fromkeys(words, 1.0), avoid)

    def pick_weighted(self, words: Mapping[str, float], avoid: Iterable[str] = ()) -> str:
        """The word least used for its weight, by chance among near equals."""
        avoided = set(avoid)
        left = [word for word in words if word not in avoided]
        scores = {
            word: (self.used.get(word, 0.0) + 2.0 * self.random.random()) / words[word]
            for word in left
        }
        chosen = min(left, key=lambda word: scores[word])
        self.used[chosen] = self.used.get(chosen, 0.0) + 1.0
        return chosen

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share

    def adjective(self, label: str, groups: str, kind: str, avoid: Iterable[str]) -> str:
        """An adjective of this polarity that fits all these noun groups and the kind of slot."""
        return self.pick_weighted(
            {
                adjective.word: adjective.weight
                for adjective in ADJECTIVES[label]
                if all(group in adjective.fits for group in groups)
                and (adjective.gradable or kind not in "gG")
                and (adjective.vivid or kind != "c")
            },
            avoid,
        )

    def adverb(self, word: str, label: str, after_not: bool) -> str:
        """The adjective, sometimes with an adverb before it."""
        if not self.chance(0.35):
            return word
        if word in ONLY_REALLY:
            return f"really {word}"
        if after_not:
            return f"{self.pick(ADVERBS_AFTER_NOT[label])} {word}"
        gradable = any(item.gradable for item in ADJECTIVES[label] if item.word == word)
        return f"{self.pick(ADVERBS_GRADABLE if gradable else ADVERBS_STRONG)} {word}"

    def neutral(self, frame: Frame) -> Fillings:
        """Fill the slots that judge nothing: nouns and people."""
        fillings: Fillings = {}
        taken: list[str] = []
        taken_groups: set[str] = set()
        halves = re.search(r"\{n\d:[oes]\}", frame.text) is not None
        for match in SLOT.finditer(frame.text):
            kind, _, option = match.groups()
            slot = match.group()
            if kind == "n":
                choice = {
                    noun: 1.0 / len(NOUNS[self.groups[noun]]) + 0.15
                    for group in (option or ("SPM" if halves else PARTS))
                    for noun in NOUNS[group]
                }
                fresh = {k: v for k, v in choice.items() if self.groups[k] not in taken_groups}
                noun = self.pick_weighted(fresh or choice, taken)
                fillings[slot] = noun
                taken.append(noun)
                taken_groups.add(self.groups[noun])
            elif kind == "w":
                noun = self.pick_weighted(dict.fromkeys(NOUNS["W"], 1.0) | {"movie": 2.0})
                fillings[slot] = noun
            elif kind == "they":
                fillings[slot] = self.pick(PEOPLE)
        return fillings

    def fitting(self, frame: Frame, fillings: Fillings, digit: str, option: str | None) -> str:
        """The noun groups an adjective must fit."""
        nouns = {
            match.group(2): fillings[match.group()]
            for match in SLOT.finditer(frame.text)
            if match.group(1) == "n"
        }
        if option == "*":
            return FITS_ALL
        if option is not None and option.isdigit():
            return self.groups[nouns[option]]
        if option is not None:
            return option
        return self.groups[nouns[digit]] if digit in nouns else "W"

    def judging(self, frame: Frame, neutral: Fillings, label: str) -> Fillings:
        """Fill the slots that judge, for this label."""
        fillings: Fillings = {}
        taken: list[str] = []
        for match in SLOT.finditer(frame.text):
            kind, digit, option = match.groups()
            if not digit or kind not in "aAcgGplbm":
                continue
            same = frame.signs[int(digit) - 1] == "+"
            polarity = label if same else OPPOSITE[label]
            if kind in "aAcgG":
                groups = self.fitting(frame, neutral, digit, option)
                word = self.adjective(polarity, groups, kind, taken)
            else:
                word = self.pick(JUDGEMENTS[kind][polarity], taken)
            taken.append(word)
            if kind in "AG":
                word = self.adverb(word, polarity, kind == "G")
            fillings[match.group()] = word
        return fillings

    def exchanged(self, frame: Frame, neutral: Fillings, judged: Fillings) -> Fillings | None:
        """The two opposite judgements in each other's place, where they fit there."""
        slots = list(judged)
        if sorted(frame.signs) != ["+", "-"] or len(slots) != 2:
            return None
        kinds = [re.sub(r"[^a-z]", "", slot.lower().split(":")[0]) for slot in slots]
        if set(kinds) == {"a", "g"}:
            kinds = ["g", "g"]
        if kinds[0] != kinds[1]:
            return None
        swapped = dict(zip(slots, reversed(list(judged.values())), strict=True))
        if kinds[0] not in {"a", "g"}:
            return swapped
        for slot, phrase in swapped.items():
            match = SLOT.match(slot)
            assert match is not None
            kind, digit, option = match.groups()
            groups = self.fitting(frame, neutral, digit, option)
            word = phrase.split()[-1]
            fits = any(
                all(group in item.fits for group in groups) and (item.gradable or kind not in "gG")
                for label in LABELS
                for item in ADJECTIVES[label]
                if item.word == word
            )
            if not fits:
                return None
        return swapped

    def write(self, frame: Frame, fillings: Fillings, short: bool) -> str:
        """The sentence."""
        numbers = {
            match.group(2): "were" if fillings[match.group()] in PLURAL else "was"
            for match in SLOT.finditer(frame.text)
            if match.group(1) == "n"
        }

        def fill(match: re.Match[str]) -> str:
            if match.group(1) == "was":
                return numbers[match.group(2)]
            return fillings[match.group()]

        sentence = SLOT.sub(fill, frame.text)
        if short:
            for long, contracted in CONTRACTIONS.items():
                sentence = re.sub(rf"\b{long}\b", contracted, sentence)
        sentence = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", sentence)
        return sentence[0].upper() + sentence[1:]

    def rows(self, frame: Frame) -> list[Row]:
        """All rows of one frame."""
        fixed = frame.signs in LABELS
        found: dict[str, Row] = {}
        pairs = 2 if frame.split != "train" or frame.family in TWICE else 1
        for _ in range(pairs):
            for _ in range(50):
                neutral = self.neutral(frame)
                short = frame.split == "train" and self.chance(0.25)
                pair: dict[str, str] = {}
                if fixed:
                    pair[self.write(frame, neutral, short)] = frame.signs
                else:
                    judged = self.judging(frame, neutral, POSITIVE)
                    other = self.exchanged(frame, neutral, judged)
                    if other is None:
                        other = self.judging(frame, neutral, NEGATIVE)
                    pair[self.write(frame, neutral | judged, short)] = POSITIVE
                    pair[self.write(frame, neutral | other, short)] = NEGATIVE
                if not any(sentence in found for sentence in pair):
                    for sentence, label in pair.items():
                        found[sentence] = Row(sentence, label, frame.split, frame.name)
                    break
            if "{" not in frame.text:
                break
        return list(found.values())


def make() -> list[Row]:
    """All rows of the data set: train, then validation, then test."""
    maker = Maker(SEED)
    everything = frames()
    rows = []
    for split in SPLITS:
        for frame in everything:
            if frame.split == split:
                rows += maker.rows(frame)
    return rows


def text(rows: Sequence[Row]) -> str:
    """The content of the file."""
    return "".join("\t".join(line) + "\n" for line in (HEADER, *rows))


def main() -> None:
    """Write the file."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("polarity.tsv")
    out.write_text(text(make()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
