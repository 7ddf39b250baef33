"""`closedwon init`, then `closedwon check` on what it wrote, with nothing edited in between."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.pipelines.conftest import Run
from tests.pipelines.sources.raw import test_marketo, test_pipedrive
from tests.pipelines.sources.raw.exports import made

#: In one currency, and with no two organizations of one name.
PIPEDRIVE = {
    name: text.replace(",USD,", ",EUR,").replace("20,Twin", "20,Tw") for name, text in test_pipedrive.EXPORT.items()
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [PIPEDRIVE, test_marketo.MARKETO | test_marketo.SALESFORCE],
    ids=["pipedrive", "marketo beside salesforce"],
)
def test_what_init_wrote_is_checked(closedwon: Run, tmp_path: Path, files: Mapping[str, str]) -> None:
    made(tmp_path, files)
    ended = closedwon("check", "--data", tmp_path / "out" / "crm.sql", "--config", tmp_path / "out" / "closedwon.toml")
    assert ended.code == 0, ended
    assert "1 wins to learn from" in ended.out
