"""Running `manage.py load` on a file made of lines."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

NE_PS = "queue,name,department\nNE,Networth,Retail\nPS,Private,Cards\n"


class Load:
    """`load(kind, text)` → what it said it did; `refused(kind, text)` → the lines it complained with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""

    def __call__(self, kind: str, text: str, **options: Any) -> dict[str, Any]:
        out, err = StringIO(), StringIO()
        call_command("load", kind, str(self.write(kind, text)), json=True, stdout=out, stderr=err, **options)
        self.said = err.getvalue()
        return json.loads(out.getvalue())

    def refused(self, kind: str, text: str, **options: Any) -> list[str]:
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("load", kind, str(self.write(kind, text)), json=True, stdout=out, stderr=err, **options)
        assert (end.value.code, out.getvalue()) == (2, "")
        return err.getvalue().splitlines()

    def write(self, kind: str, text: str) -> Path:
        path = self.folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def zipped(self, kind: str, text: str) -> Path:
        path = self.folder / f"{kind}.csv.gz"
        path.write_bytes(gzip.compress(text.encode()))
        return path


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    """Rows created, changed, unchanged."""
    return answer["created"], answer["changed"], answer["unchanged"]
