import pytest

from crm.notes.policy import belongs_elsewhere


@pytest.mark.parametrize(
    "text",
    ["被疑者の話", "被害者宅", "ＤＶの相談", "dvの相談", "世帯の様子", "家族構成", "病気で休む"],
)
def test_words_of_another_record_are_noticed(text: str) -> None:
    assert belongs_elsewhere("見回りの報告", text)


@pytest.mark.parametrize(
    "text",
    ["１２０世帯の自治会", "世帯数が減った", "被害防止の広報", "DVDを貸した", "", "街灯が消えた"],
)
def test_words_of_the_neighborhood_are_not(text: str) -> None:
    assert not belongs_elsewhere(text)
