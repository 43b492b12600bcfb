"""Pages about the person who is signed in, and the first admin's."""

from django.urls import path

from gigcx.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("first-admin/<str:secret>/", views.first_admin, name="first_admin"),
    path("theme/", views.set_theme, name="set_theme"),
]
