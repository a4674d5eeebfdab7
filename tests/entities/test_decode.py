"""The compiled decoding of the entity model: the same as spaCy's own, and spaCy where it does not fit."""

import random

import pytest
import spacy
from spacy.language import Language

from tasks.entities.decode import BATCH, Recogniser, find_entities
from tasks.entities.model import load_pipeline
from tasks.resources import find_resource
from tasks.settings import EntitySettings

PARTS = (
    "Defence Minister Anna Holm", "Rear Adm. J.D. Okafor", "the 3rd Marine Regiment", "USS Example (DDG 200)", "Oslo",
    "the Baltic Sea", "on 3 May 2023", "\n", "  ", "NATO", "said", "that", "Norwegian forces", "Exercise Cold Dawn",
    "Su-35S", "12 tons", "in", "$3 million", ",", ".", "“", "”", "and", "\u00a0", "Camp Gray", "the Treaty of Example",
    "it's", "can't", "Gov.", "don’t",
)  # fmt: skip


def own(nlp: Language, text: str) -> list[tuple[int, int, str]]:
    return [(ent.start_char, ent.end_char, ent.label_) for ent in nlp(text).ents]


@pytest.fixture(scope="module")
def shipped() -> Language:
    return load_pipeline(EntitySettings(model="entities", label_map={}))


def test_finds_what_spacy_finds(shipped: Language) -> None:
    rng = random.Random(4)
    texts = ["", " ", "\n\n", "Oslo", *(" ".join(rng.choices(PARTS, k=rng.randrange(1, 40))) for _ in range(300))]
    assert Recogniser.fits(shipped)
    found = list(find_entities(shipped, texts))
    plain = spacy.load(find_resource("entities", "models"))
    assert found == [own(plain, text) for text in texts]
    assert len(texts) > 2 * BATCH
    assert sum(map(len, found)) > 1000
    assert {label for spans in found for *_, label in spans} >= {"PERSON", "GPE", "TITLE", "DATE", "ORG", "EQUIPMENT"}


def test_no_text_no_entities(shipped: Language) -> None:
    assert list(find_entities(shipped, [])) == []
    assert list(find_entities(shipped, ["", ""])) == [[], []]


def small(*, hidden: bool = True, words: bool = False, beam: int = 1) -> Language:
    nlp = spacy.blank("en")
    config = {
        "model": {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "state_type": "ner",
            "extra_state_tokens": words,
            "hidden_width": 8,
            "maxout_pieces": 2,
            "use_upper": hidden,
            "tok2vec": {
                "@architectures": "spacy.HashEmbedCNN.v2", "width": 8, "depth": 1, "embed_size": 50, "window_size": 1,
                "maxout_pieces": 2, "subword_features": True, "pretrained_vectors": None,
            },
        },
    }  # fmt: skip
    ner = nlp.add_pipe("beam_ner" if beam > 1 else "ner", config=config)
    ner.add_label("PERSON")
    nlp.initialize()
    return nlp


def test_fits_a_greedy_recogniser_with_a_hidden_layer() -> None:
    assert Recogniser.fits(small())


@pytest.mark.parametrize("nlp", [small(hidden=False), small(words=True), small(beam=4), spacy.blank("en")])
def test_anything_else_runs_in_spacy(nlp: Language) -> None:
    assert not Recogniser.fits(nlp)
    texts = ["Anna Holm said so.", "", "He met Kim in Oslo."]
    assert list(find_entities(nlp, texts)) == [own(nlp, text) for text in texts]


def test_a_component_that_sets_entities_before_or_after_keeps_spacys_order() -> None:
    nlp = small()
    nlp.add_pipe("entity_ruler", before="ner").add_patterns([{"label": "GPE", "pattern": "Oslo"}])
    assert not Recogniser.fits(nlp)
    assert (3, 7, "GPE") in next(find_entities(nlp, ["In Oslo."]))
