"""What the rules start from: codes of countries, pieces of documents. What they find stands in tests/golden/entities."""

from tasks.entities.lexicon import country_forms
from tasks.entities.pieces import cut_pieces


def test_country_codes_are_iso() -> None:
    forms = country_forms()
    assert forms["Russian Federation"] == ("RUS", "GPE")
    assert forms["Danish"] == ("DNK", "NORP")
    assert all(len(code) == 3 and code.isupper() for code, _ in forms.values())


def test_pieces_are_bounded_and_cover_the_text() -> None:
    text = "word " * 3000 + "x" * 5000 + "\n\nlast line"
    pieces = list(cut_pieces(text, [0]))
    assert max(end - start for start, end in pieces) <= 2000
    assert "".join(text[s:e] for s, e in pieces) == text.replace("\n", "")
