"""Who planned each epoch, so that people see which tidegates are at work while they change them.

Code of revision 0001 works on these tables as before: it names no column in what it writes that it does not know, and
the new one fills itself.
"""

from alembic import op

from tidegate.adapters.checkpoint.migrations.views_0002 import VIEWS
from tidegate.protocol.formats import WRITER

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE epochs ADD COLUMN planned_by text")
    op.execute("ALTER TABLE epochs ALTER COLUMN planned_by SET DEFAULT current_setting('application_name', true)")
    for view in VIEWS:
        for statement in view.statements():
            op.execute(statement)
    op.execute(f"UPDATE tidegate_compatible SET writer = '{WRITER}'")  # noqa: S608  (a constant of the code)


def downgrade() -> None:
    raise NotImplementedError("the checkpoint tables are the source of truth: restore a backup instead")
