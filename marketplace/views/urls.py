"""The addresses of the pages."""

from django.urls import path

from marketplace.views import board, demand, demand_queue, dispatch, live, mix, shift_plan, steer, today

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/live/", live.board_live, name="board_live"),
    path("board/queues/<int:queue_id>/", board.queue_panel, name="queue"),
    path("board/people/", board.who, name="people"),
    path("board/timeline/", board.past, name="timeline"),
    path("board/move/", dispatch.move, name="move"),
    path("board/moves/<int:move_id>/", board.why, name="why"),
    path("board/moves/<int:move_id>/accept/", steer.accept_move, name="accept_move"),
    path("board/moves/<int:move_id>/reject/", steer.reject_move, name="reject_move"),
    path("board/moves/<int:move_id>/undo/", steer.undo_move, name="undo_move"),
    path("board/agents/<int:agent_id>/pin/", steer.pin, name="pin"),
    path("board/objections/<int:objection_id>/heard/", steer.heard, name="heard"),
    path("board/departments/<int:department_id>/mode/", steer.mode, name="mode"),
    path("board/stop/", steer.stop, name="stop"),
    path("demand/", demand.demand, name="demand"),
    path("demand/live/", live.demand_live, name="demand_live"),
    path("demand/mix/", mix.mix_page, name="mix"),
    path("demand/<int:queue_id>/", demand_queue.demand_queue, name="demand_queue"),
    path("shifts/plan/", shift_plan.shift_plan, name="shift_plan"),
    path("shifts/plan/propose/", shift_plan.propose, name="propose_shifts"),
    path("shifts/plan/<int:proposal_id>/", shift_plan.proposal, name="shift_proposal"),
    path("shifts/plan/<int:proposal_id>/keep/", shift_plan.keep, name="keep_proposal"),
    path("shifts/change/", shift_plan.change_shifts, name="change_shifts"),
    path("today/", today.today, name="today"),
    path("today/live/", live.today_live, name="today_live"),
    path("today/ready/", today.ready, name="ready"),
    path("today/pause/", today.pause, name="pause"),
    path("today/sign-off/", today.sign_off, name="sign_off"),
    path("today/sign-on/", today.sign_on, name="sign_on"),
    path("today/moves/<int:move_id>/got-it/", today.got_it, name="got_it"),
    path("today/moves/<int:move_id>/object/", today.object_to_move, name="object_to_move"),
    path("me/", today.me, name="me"),
]
