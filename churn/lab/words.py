"""Words of the lab: a modest list of our own, word-like inventions, and the two joined into labels, vectorised.

What belongs here: how names, persons and companies of the lab are spelt. What doesn't: who uses which style how often.
Every function takes a numpy generator and gives Arrow string arrays of lower-case letters, digits and hyphens.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORDS = tuple(
    """acorn alpha amber anchor apple arrow atlas aurora autumn bakery bamboo banner basil beach beacon berry bird blaze
    bloom blue board boat bold bonus book bottle boutique branch brave bread breeze brick bridge bright broad brook bud
    build butter cabin cable cactus camp candle canyon card cargo cart castle cedar cell center chain chalk charm chart
    check cherry choice circle city class clean clear click cliff cloud clover club coach coast cobalt coffee coin color
    comet cook copper coral corner cotton craft crane cream creek crest crown crystal cube cycle daily dance dawn deal
    deep delta depot design desk diamond digital direct dock dog dove dragon dream drive drop eagle earth east easy echo
    edge elite ember energy engine estate event ever express fabric fair falcon family farm fast feather fern field
    fine fire first fit flame flash fleet flint flow flower focus forest forge fox frame free fresh frost fruit fuel
    future galaxy game garden gate gear gem giant gift glass globe glory gold good grace grain grand grape green grid
    grove guide guild gulf hand happy harbor harvest haven hawk hazel health heart herb hero hill hive home honey hope
    horizon house hub icon idea inn iris iron island ivory ivy jade jewel journey joy juice junction just kettle key
    kind king kite lab lake lamp land lane lantern laser leaf learn lemon level life light lily lime line link lion
    list little local lodge logic loop lotus lucky lumen luna maple marble market master match meadow media mega melon
    mental merit metal mile mill mind mint mirror mobile modern moon morning moss motion mountain music nectar nest
    network night noble nook north nova novel oak oasis ocean office olive onyx orbit orchid origin otter owl oxide
    pack page paint palace palm panda paper park path peak pearl pepper perfect phoenix photo picnic pilot pine pixel
    plain planet plant plaza plum point polar pond poppy port prairie prime print prism profit proof pulse pure quartz
    quest quick quiet rabbit radar rain ranch rapid raven ready reef remedy rent rescue ridge ring river road robin
    rocket root rose round royal ruby safe saffron sage sail salt sand sapphire scout sea secure seed select sense
    shade sharp shell shine ship shop shore silk silver simple sky sleek smart smile snow social solar solid sonic
    source south spark spice spring sprout square stable stack star station steel stone store storm story stream
    street strong studio style sugar summer summit sun supply sure swan swift table talent tandem tea team terra
    theory thread thunder tide tiger timber time tiny titan topaz torch total tower town trade trail train travel
    tree trend tribe true trust tulip tundra turbo twin union unity urban valley value vault velvet vendor verse
    vibe view villa vine violet vision vista vital vivid voyage wagon walnut water wave west whale wheat wheel white
    wild willow wind window wing winter wise wolf wonder wood work world yard yellow yoga young zebra zen
    zone""".split()
)
SYLLABLES = tuple(
    "ba be bi bo bra bri ca cho cla co cre da de di dra el en fa fi flo ga gle go gra ha hi ho in ja jo ka ke ki la le "
    "li lo lu ma me mi mo na ne ni no nu o pa pe pi pla po pra qui ra re ri ro ru sa se shi so sta su ta te ti to tra "
    "tri u va ve vi vo wa wi ya yo za ze zo".split()
)
ENDINGS = ("", "", "n", "r", "s", "l", "x", "m", "nt", "th")
_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_ALNUM = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz0123456789", dtype=np.uint8)

Labels: TypeAlias = Any
"""An Arrow array of text."""


def join(*parts: Any) -> Labels:
    """Parts (arrays or plain text) joined element by element."""
    return pc.binary_join_element_wise(*parts, "")


def pick(rng: np.random.Generator, values: tuple[str, ...], n: int) -> Labels:
    """Some of the values, evenly."""
    return pa.array(values).take(pa.array(rng.integers(0, len(values), n)))


def invented(rng: np.random.Generator, n: int, least: int = 2, most: int = 4) -> Labels:
    """Words that sound like words."""
    count = rng.integers(least, most + 1, n)
    parts = []
    for place in range(most):
        part = pick(rng, SYLLABLES, n)
        parts.append(pc.if_else(pa.array(place < count), part, ""))
    return join(*parts, pick(rng, ENDINGS, n))


def numbers(rng: np.random.Generator, n: int, least: int = 1, most: int = 999) -> Labels:
    """Plain numbers as text."""
    return pc.cast(pa.array(rng.integers(least, most + 1, n)), pa.string())


def two_words(rng: np.random.Generator, n: int) -> Labels:
    """Two dictionary words, now and then with a hyphen."""
    hyphen = pc.if_else(pa.array(rng.random(n) < 0.12), "-", "")
    return join(pick(rng, WORDS, n), hyphen, pick(rng, WORDS, n))


def word_and_invented(rng: np.random.Generator, n: int) -> Labels:
    """A dictionary word before or after an invented one."""
    word, other = pick(rng, WORDS, n), invented(rng, n, 2, 3)
    front = pa.array(rng.random(n) < 0.5)
    return pc.if_else(front, join(word, other), join(other, word))


def three_words(rng: np.random.Generator, n: int) -> Labels:
    """Three dictionary words."""
    return join(pick(rng, WORDS, n), pick(rng, WORDS, n), pick(rng, WORDS, n))


def persons(rng: np.random.Generator, n: int) -> Labels:
    """A first name and a surname."""
    hyphen = pc.if_else(pa.array(rng.random(n) < 0.2), "-", "")
    return join(invented(rng, n, 2, 3), hyphen, invented(rng, n, 2, 3))


def counters(rng: np.random.Generator, n: int) -> Labels:
    """A word and a number."""
    return join(pick(rng, WORDS, n), invented(rng, n, 1, 2), numbers(rng, n))


def words_counter(rng: np.random.Generator, n: int) -> Labels:
    """Two words and a short counter."""
    return join(pick(rng, WORDS, n), pick(rng, WORDS, n), numbers(rng, n, 1, 99))


def randoms(rng: np.random.Generator, n: int, least: int = 7, most: int = 13) -> Labels:
    """Letters and digits that mean nothing; the first is a letter."""
    raw = _ALNUM[rng.integers(0, len(_ALNUM), (n, most))]
    raw[:, 0] = _LETTERS[rng.integers(0, len(_LETTERS), n)]
    raw[np.arange(most) >= rng.integers(least, most + 1, n)[:, None]] = 0  # numpy cuts final zeros off
    return pa.array(raw.view(f"S{most}").ravel().astype(str))


def digits(rng: np.random.Generator, n: int) -> Labels:
    """Only digits, as number domains have them."""
    return numbers(rng, n, 10_000, 99_999_999)


STYLES = {
    "two_words": two_words,
    "word_and_invented": word_and_invented,
    "three_words": three_words,
    "persons": persons,
    "counters": counters,
    "words_counter": words_counter,
    "randoms": randoms,
    "digits": digits,
    "invented": invented,
}


def mixed(rng: np.random.Generator, shares: dict[str, float], n: int) -> Labels:
    """Labels in several styles, mixed by share."""
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    style = rng.choice(len(names), n, p=weights / weights.sum())
    order = np.argsort(style, kind="stable")
    counts = np.bincount(style, minlength=len(names))
    chunks = [STYLES[name](rng, int(count)) for name, count in zip(names, counts, strict=True)]
    back = np.empty(n, dtype=np.int64)
    back[order] = np.arange(n)
    return pa.concat_arrays([chunk.cast(pa.string()) for chunk in chunks]).take(pa.array(back))


def variants(rng: np.random.Generator, stem: str, n: int) -> Labels:
    """Spelling variants of a stem: a letter doubled, swapped, left out or replaced, a hyphen put in."""
    alike = str.maketrans("oiesalt", "01354l7")
    made = []
    for kind, place, number in zip(
        rng.integers(0, 6, n), rng.integers(1, len(stem) - 1, n), rng.integers(1, 100, n), strict=True
    ):
        letter = stem[place]
        made.append(
            (
                stem[:place] + letter + stem[place:],
                stem[:place] + stem[place + 1] + letter + stem[place + 2 :],
                stem[:place] + stem[place + 1 :] + str(number),
                stem[:place] + letter.translate(alike) + stem[place + 1 :] + str(number),
                stem[:place] + "-" + stem[place:],
                stem + "-" + WORDS[number],
            )[kind]
        )
    return pa.array(made, pa.string())
