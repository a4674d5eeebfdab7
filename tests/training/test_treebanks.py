"""Treebanks as labels of the network's own tokens."""

import gzip
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.quotes.model.features import Features
from tests.quotes.test_find import lexicon
from training.quotes.treebanks import SIZES, Parsed, read_treebank

SENTENCE = """# sent_id = 1
# text = Hale said it doesn't float.
1\tHale\tHale\tPROPN\tNNP\t_\t2\tnsubj\t_\t_
2\tsaid\tsay\tVERB\tVBD\t_\t0\troot\t_\t_
3\tit\tit\tPRON\tPRP\t_\t6\tnsubj\t_\t_
4-5\tdoesn't\t_\t_\t_\t_\t_\t_\t_\t_
4\tdoes\tdo\tAUX\tVBZ\t_\t6\taux\t_\t_
5\tn't\tnot\tPART\tRB\t_\t6\tadvmod\t_\t_
6\tfloat\tfloat\tVERB\tVB\t_\t2\tccomp\t_\tSpaceAfter=No
6.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t_\t_
7\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_

"""


def read(tmp_path: Path, text: str) -> list[Parsed]:
    file = tmp_path / "a.conllu.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(text)
    return list(read_treebank(file, Features(lexicon(), {})))


def test_parts_dependencies_and_clauses(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SENTENCE)
    assert one.paragraph.words == ["Hale", "said", "it", "doesn't", "float", "."]
    parts, relations, sides, starts, ends = one.labels.T.tolist()
    assert len(set(parts)) == 5 and parts[1] == parts[4]  # two verbs
    assert relations[0] == relations[2] != relations[4]  # two subjects
    assert sides == [1, 2, 1, 1, 0, 0]  # the word that each depends on stands behind, nowhere, before
    assert [bool(label) for label in starts] == [True, False, True, False, False, False]
    assert [bool(label) for label in ends] == [False, False, False, False, True, False]
    assert starts[0] != starts[2]  # the whole, and what was said
    assert (one.labels.max(axis=0) < SIZES).all()


def test_sentences_are_read_one_by_one(tmp_path: Path) -> None:
    assert len(read(tmp_path, SENTENCE * 3)) == 3
    assert len(read(tmp_path, SENTENCE.rstrip("\n"))) == 1
    assert read(tmp_path, "") == []


@pytest.mark.parametrize(
    "text", [SENTENCE.replace("# text = ", "# words = "), SENTENCE.replace("\tit\tit", "\tthem\tthey")]
)
def test_a_sentence_that_does_not_fit_its_text_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"a\.conllu\.gz"):
        read(tmp_path, text)


def test_a_circle_of_heads_ends(tmp_path: Path) -> None:
    assert len(read(tmp_path, SENTENCE.replace("\t0\troot", "\t6\troot"))) == 1
