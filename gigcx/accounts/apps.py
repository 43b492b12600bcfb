from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gigcx.accounts"
    label = "accounts"
