import pytest
from litestar import Response, get
from litestar.testing import create_test_client

from crm.exports.desk import attachment


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("text/csv; charset=windows-31j", "text/csv; charset=windows-31j"),
        ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
        ("application/pdf", "application/pdf"),
    ],
)
def test_file_says_one_charset_or_none(media_type: str, expected: str) -> None:
    @get("/", sync_to_thread=False)
    def fetch() -> Response[bytes]:
        return attachment("一覧表.csv", media_type, "一覧".encode("cp932"))

    with create_test_client(fetch) as client:
        answer = client.get("/")
    assert (answer.headers["content-type"], answer.content) == (expected, "一覧".encode("cp932"))
