"""The compiled encoder: the vectors that spaCy has, the same bytes whatever stands beside a text or was read before."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language

from tasks.entities import encode
from tasks.entities.encode import BLOCK, Encoder, Floats, load_encoder, multiply
from tasks.entities.model import load_pipeline, multiply_by_numpy
from tasks.resources import find_resource
from tasks.settings import EntitySettings
from tests.entities.test_decode import PARTS

TEXTS = (
    "Anna can't say so. Anna Can't, it's so.", "", " ", "cannot say: ca n't \n\n so", "so so so", "  two  blanks  ",
    "a\u00a0b \u00a0c\t", "x" * 300, "Gov. Li (e.g., in U.S.) said :) :( : ( 3pm.", "\n",
)  # fmt: skip


def build(*attributes: str, depth: int = 2, window: int = 1, pieces: int = 3) -> Language:
    nlp = spacy.blank("en")
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2", "width": 8, "attrs": list(attributes), "rows": [50] * len(attributes),
        "include_static_vectors": False,
    }  # fmt: skip
    encoder = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2", "width": 8, "depth": depth, "window_size": window,
        "maxout_pieces": pieces,
    }  # fmt: skip
    nlp.add_pipe("tok2vec", config={"model": {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encoder}})
    nlp.initialize()
    rng = np.random.default_rng(1)
    part: Any = nlp.get_pipe("tok2vec")
    for layer in part.model.walk():
        for name in layer.param_names:
            layer.set_param(name, rng.normal(size=layer.get_param(name).shape).astype(np.float32))
    return nlp


def read(encoder: Encoder, texts: list[str]) -> list[Floats]:
    words = encoder.read(texts)
    vectors = encoder.encode(words)
    assert len(vectors) % BLOCK == 0
    return [vectors[first : first + n] for first, n in zip(words.places.firsts, words.places.lengths, strict=True)]


@pytest.fixture(scope="module")
def shipped() -> Language:
    return load_pipeline(EntitySettings(model="entities", label_map={}))


@pytest.mark.parametrize(("depth", "pieces"), [(1, 2), (2, 3), (4, 1)])
def test_vectors_are_those_of_spacy(depth: int, pieces: int) -> None:
    nlp = build("NORM", "SHAPE", depth=depth, pieces=pieces)
    assert Encoder.fits(nlp)
    for own, doc in zip(read(Encoder(nlp), list(TEXTS)), nlp.pipe(TEXTS), strict=True):
        np.testing.assert_allclose(own, doc.tensor.reshape(own.shape), rtol=1e-4, atol=1e-4)


def test_words_are_those_of_spacys_tokenizer(shipped: Language) -> None:
    plain = spacy.load(find_resource("entities", "models"))
    rng = random.Random(5)
    texts = [*TEXTS, *("".join(rng.choices((*PARTS, " ", " "), k=20)) for _ in range(100))]
    encoder = load_encoder(shipped)
    assert encoder is not None
    words = encoder.read(texts).places
    for text, first, n in zip(texts, words.firsts.tolist(), words.lengths.tolist(), strict=True):
        rows = slice(first, first + n)
        spans = zip(words.starts[rows].tolist(), words.ends[rows].tolist(), words.blank[rows].tolist(), strict=True)
        assert list(spans) == [(w.idx, w.idx + len(w), w.is_space) for w in plain.make_doc(text)]


def test_neighbours_and_what_was_read_before_decide_nothing(shipped: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(6)
    texts = [" ".join(rng.choices(PARTS, k=rng.randrange(1, 60))) for _ in range(60)]
    first = read(Encoder(shipped), texts)
    monkeypatch.setattr(encode, "_KEPT", 20)
    encoder = Encoder(shipped)
    order = rng.sample(range(60), 60)
    for i in order:
        assert read(encoder, [texts[i]])[0].tobytes() == first[i].tobytes()
    for i, vectors in zip(order, read(encoder, [texts[i] for i in order]), strict=True):
        assert vectors.tobytes() == first[i].tobytes()


def test_threads_share_what_is_kept(shipped: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "_KEPT", 50)
    rng = random.Random(7)
    texts = [[" ".join(f"{part}{rng.randrange(9)}" for part in rng.choices(PARTS, k=30))] for _ in range(80)]
    alone = [read(Encoder(shipped), text)[0].tobytes() for text in texts]
    encoder = Encoder(shipped)
    with ThreadPoolExecutor(4) as pool:
        assert [vectors.tobytes() for [vectors] in pool.map(partial(read, encoder), texts)] == alone


@pytest.mark.parametrize(
    "nlp",
    [spacy.blank("en"), build("NORM", "SPACY"), build("NORM", window=2), multiply_by_numpy(spacy.blank("de"))],
    ids=["nothing", "blanks behind", "wide window", "other language"],
)
def test_what_sees_more_than_a_word_is_left_to_spacy(nlp: Language) -> None:
    assert not Encoder.fits(nlp)
    assert load_encoder(nlp) is None


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5, 3), (256, 384, 256), (66, 128, 70)])
def test_products_of_a_row_are_the_same_bytes_wherever_it_stands(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(8)
    n_rows, n_values, n_sums = shape
    inputs, weights = (rng.normal(size=size).astype(np.float32) for size in ((n_rows, n_values), (n_values, n_sums)))
    products = multiply(inputs, weights)
    np.testing.assert_allclose(products, inputs @ weights, rtol=1e-4, atol=1e-4)
    for row, product in zip(inputs, products, strict=True):
        for place in {0, n_rows // 2, n_rows - 1}:
            others = np.roll(inputs, 1, axis=0)
            others[place] = row
            assert multiply(others, weights)[place].tobytes() == product.tobytes()
    assert multiply(inputs, np.asfortranarray(weights)).tobytes() == products.tobytes()
