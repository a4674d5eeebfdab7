"""The labels: each says what it is, and a new one needs nothing but its record and its words in a lexicon."""

from __future__ import annotations

import subprocess
import sys

from tasks.labels import ENTITY_LABELS, LABELS
from tasks.lexicons import read_terms
from tasks.schemas import ENTITIES

NEW_LABEL = """
from dataclasses import replace
from tasks import labels, lexicons

medal = replace(labels.LABELS["AGREEMENT"], name="AWARD", known_as=("award",))
labels.ENTITY_LABELS = (*labels.ENTITY_LABELS, medal)
labels.LABELS["AWARD"] = medal
shipped = lexicons.read_rows
lexicons.read_rows = lambda name, n: [*shipped(name, n), *[("award", "Iron Lake Medal")] * (name == "defence_names.tsv")]

from tasks.entities.consistency import settle
from tasks.entities.line import find_in_line
from tasks.entities.resolve import resolve_names
from tasks.schemas import LABELS

text = "She has the Iron Lake Medal (ILM). The ILM is rare."
mentions = settle(text, find_in_line(text, []))
print(LABELS[-1], [(text[m.start:m.end], m.label, r.canonical) for m, r in zip(mentions, resolve_names(text, mentions))])
"""


def test_every_label_has_a_name_of_its_own_and_a_description() -> None:
    assert len(LABELS) == len(ENTITY_LABELS)
    assert all(label.name.isupper() and label.description for label in ENTITY_LABELS)
    assert (ENTITIES.field("label").metadata or {})[b"description"].decode() == ", ".join(LABELS)


def test_a_kind_of_the_lexicon_leads_to_one_label() -> None:
    kinds = [kind for label in ENTITY_LABELS for kind in label.known_as]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) == set(read_terms("defence_names.tsv")) - {"us_state_short"}


def test_a_new_label_needs_its_record_and_its_words() -> None:
    done = subprocess.run([sys.executable, "-c", NEW_LABEL], capture_output=True, text=True, check=True)
    names = [("Iron Lake Medal", "AWARD", "Iron Lake Medal"), ("ILM", "AWARD", "Iron Lake Medal")]
    assert done.stdout == f"AWARD {[names[0], names[1], names[1]]}\n"
