"""The addresses of offers, waiting lists, draws and swaps."""

from django.urls import path

from marketplace.views import draws, live, offers, swaps

urlpatterns = [
    path("offers/", offers.offers, name="offers"),
    path("offers/live/", live.offers_live, name="offers_live"),
    path("offers/<int:offer_id>/accept/", offers.accept, name="accept_offer"),
    path("offers/<int:offer_id>/decline/", offers.decline, name="decline_offer"),
    path("shifts/<int:shift_id>/wait/", offers.wait, name="join_waiting"),
    path("shifts/<int:shift_id>/leave/", offers.leave, name="leave_waiting"),
    path("shifts/<int:shift_id>/ask/", offers.ask, name="ask_for_place"),
    path("shifts/<int:shift_id>/draw/", offers.draw, name="draw"),
    path("shifts/<int:shift_id>/draw/record.json", draws.draw_record, name="draw_record"),
    path("planner/draw/live/", live.shift_draw_live, name="shift_draw_live"),
    path("planner/shifts/<int:shift_id>/draw/", draws.shift_draw, name="shift_draw"),
    path("bookings/<int:booking_id>/withdraw/", offers.withdraw, name="withdraw_request"),
    path("bookings/<int:booking_id>/swap/", swaps.new_swap, name="new_swap"),
    path("bookings/<int:booking_id>/swap/ask/", swaps.ask_swap, name="ask_swap"),
    path("swaps/<int:swap_id>/return/", swaps.swap_return, name="swap_return"),
    path("swaps/<int:swap_id>/accept/", swaps.accept_swap, name="accept_swap"),
    path("swaps/<int:swap_id>/decline/", swaps.decline_swap, name="decline_swap"),
    path("swaps/<int:swap_id>/withdraw/", swaps.withdraw_swap, name="withdraw_swap"),
    path("swaps/", swaps.swaps, name="swaps"),
    path("swaps/<int:swap_id>/approve/", swaps.approve, name="approve_swap"),
    path("swaps/<int:swap_id>/reject/", swaps.reject, name="reject_swap"),
]
