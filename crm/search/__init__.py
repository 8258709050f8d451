"""Finding people by kana, kanji, organization or the end of a telephone number."""
