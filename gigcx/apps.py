from django.apps import AppConfig


class GigcxConfig(AppConfig):
    name = "gigcx"

    def ready(self) -> None:
        """Install the wiring: the one place where the ledger learns who hears of what."""
        from gigcx import wiring  # noqa: PLC0415 - models must be loaded first
        from gigcx.ledger.wires import connect  # noqa: PLC0415 - same

        connect(wiring.WIRING)
