"""From when on anybody is planned: before a department's first duty nobody knows who was there, so nobody was missing.

A fresh installation has forecasts before it has a roster. The hours before are not planned yet: their need is shown,
but neither drawn nor counted as a shortage.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from django.db import connection

from marketplace.matching.state import BoolArray, FloatArray
from marketplace.models import Queue
from marketplace.queries.grid import Grid
from marketplace.queries.staffed import Staffed

EARLIER = """
SELECT d.id FROM unnest(%(departments)s::bigint[]) AS d(id) WHERE EXISTS (
    SELECT FROM marketplace_duty y JOIN accounts_agent g ON g.id = y.agent_id
        LEFT JOIN marketplace_queue q ON q.id = y.queue_id
    WHERE y.begun_at IS NOT NULL AND y.period && tstzrange(NULL, %(since)s)
        AND (g.department_id = d.id OR q.department_id = d.id)
)
"""


def read_unplanned(*, queues: Sequence[Queue], staffed: Staffed, places: FloatArray, grid: Grid) -> BoolArray:
    """Queues × cells: whether the cell lies before the first duty, booking or open place (`places`) of its department.

    One statement. False everywhere for a department that has had duty before the axis begins.
    """
    departments = sorted({queue.department_id for queue in queues})
    since = datetime.fromtimestamp(grid.start, UTC)
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, {"departments": departments, "since": since})
        at_work_before = {department for (department,) in cursor.fetchall()}
    could_serve = (staffed.serves.T.astype(np.float64) @ staffed.free) > 0
    anybody = (staffed.placed > 0) | could_serve | (places > 0)
    unplanned = np.zeros((len(queues), grid.cells), dtype=np.bool_)
    for department in departments:
        if department not in at_work_before:
            mine = [row for row, queue in enumerate(queues) if queue.department_id == department]
            unplanned[mine] = ~np.logical_or.accumulate(anybody[mine].any(axis=0))
    return unplanned
