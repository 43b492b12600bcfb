"""`/api/v1/`: an agent's bookings, waiting lists, offers, draws and swaps."""

from django.urls import path

from marketplace.api import bookings, swaps, waiting

urlpatterns = [
    path("shifts/<int:shift_id>/claim/", bookings.ClaimView.as_view(), name="claim_api"),
    path("bookings/", bookings.BookingsView.as_view(), name="bookings"),
    path("bookings/<int:booking_id>/undo/", bookings.UndoView.as_view(), name="undo_api"),
    path("bookings/<int:booking_id>/release/", bookings.ReleaseView.as_view(), name="release_api"),
    path("bookings/<int:booking_id>/keep/", bookings.KeepPlaceView.as_view(), name="keep_api"),
    path("bookings/<int:booking_id>/confirm/", bookings.ConfirmView.as_view(), name="confirm_api"),
    path("bookings/<int:booking_id>/ill/", bookings.IllView.as_view(), name="ill_api"),
    path("bookings/<int:booking_id>/appeal/", bookings.AppealView.as_view(), name="appeal_api"),
    path("bookings/<int:booking_id>/check-in/", bookings.CheckInView.as_view(), name="check_in_api"),
    path("bookings/<int:booking_id>/colleagues/", bookings.ColleaguesView.as_view(), name="colleagues_api"),
    path("reliability/", bookings.ReliabilityView.as_view(), name="reliability_api"),
    path("offers/", waiting.OffersView.as_view(), name="offers_api"),
    path("offers/<int:offer_id>/accept/", waiting.AcceptOfferView.as_view(), name="accept_offer_api"),
    path("offers/<int:offer_id>/decline/", waiting.DeclineOfferView.as_view(), name="decline_offer_api"),
    path("waiting/", waiting.WaitingView.as_view(), name="waiting_api"),
    path("shifts/<int:shift_id>/wait/", waiting.JoinView.as_view(), name="join_waiting_api"),
    path("shifts/<int:shift_id>/leave/", waiting.LeaveView.as_view(), name="leave_waiting_api"),
    path("shifts/<int:shift_id>/request/", waiting.AskView.as_view(), name="ask_for_place_api"),
    path("shifts/<int:shift_id>/draw/", waiting.DrawView.as_view(), name="draw_api"),
    path("bookings/<int:booking_id>/withdraw/", bookings.WithdrawView.as_view(), name="withdraw_request_api"),
    path("bookings/<int:booking_id>/swap/", swaps.AskSwapView.as_view(), name="ask_swap_api"),
    path("swaps/", swaps.SwapsView.as_view(), name="swaps_api"),
    path("swaps/awaiting/", swaps.AwaitingView.as_view(), name="swaps_awaiting_api"),
    path("swaps/<int:swap_id>/accept/", swaps.AcceptSwapView.as_view(), name="accept_swap_api"),
    path("swaps/<int:swap_id>/decline/", swaps.DeclineSwapView.as_view(), name="decline_swap_api"),
    path("swaps/<int:swap_id>/withdraw/", swaps.WithdrawSwapView.as_view(), name="withdraw_swap_api"),
    path("swaps/<int:swap_id>/approve/", swaps.ApproveSwapView.as_view(), name="approve_swap_api"),
    path("swaps/<int:swap_id>/reject/", swaps.RejectSwapView.as_view(), name="reject_swap_api"),
]
