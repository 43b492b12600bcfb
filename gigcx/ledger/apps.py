from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "gigcx.ledger"
    label = "ledger"
