"""The engine for any source and for PostgreSQL

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# What SQLite makes anew for an ALTER that it doesn't know must stay as it was made.
WITHOUT_ROWID = {'sqlite_with_rowid': False}


def upgrade() -> None:
    op.create_table('ingest_schedules',
    sa.Column('importer', sa.String(length=100), nullable=False),
    sa.Column('expression', sa.String(length=200), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_run_id', sa.Integer(), nullable=True),
    sa.Column('last_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('notice', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['last_run_id'], ['ingest_runs.id'], name=op.f('fk_ingest_schedules_last_run_id_ingest_runs'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('importer', name=op.f('pk_ingest_schedules'))
    )
    with op.batch_alter_table('ingest_row_errors', table_kwargs=WITHOUT_ROWID) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_ingest_row_errors_group_id_ingest_error_groups'), type_='foreignkey')

    with op.batch_alter_table('ingest_rows', table_kwargs=WITHOUT_ROWID) as batch_op:
        batch_op.add_column(sa.Column('status', sa.String(length=12), server_default='failed', nullable=False))
        batch_op.drop_constraint(batch_op.f('fk_ingest_rows_run_id_ingest_runs'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ingest_rows_settled_by_run_id_ingest_runs'), type_='foreignkey')

    with op.batch_alter_table('ingest_runs') as batch_op:
        batch_op.add_column(sa.Column('token', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('source', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('scheduled_for', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('format', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('checked', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('all_or_nothing', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('stop_after', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('after_run_due', sa.Boolean(), server_default=sa.false(), nullable=False))

    # Runs that are there already get names of their own, too.
    random = "lower(hex(randomblob(16)))" if op.get_bind().dialect.name == 'sqlite' else "md5(random()::text || id)"
    op.execute(f"UPDATE ingest_runs SET token = {random}")
    with op.batch_alter_table('ingest_runs') as batch_op:
        batch_op.alter_column('token', existing_type=sa.String(length=40), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_ingest_runs_token'), ['token'])


def downgrade() -> None:
    with op.batch_alter_table('ingest_runs') as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_ingest_runs_token'), type_='unique')
        batch_op.drop_column('after_run_due')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('prepared_at')
        batch_op.drop_column('stop_after')
        batch_op.drop_column('all_or_nothing')
        batch_op.drop_column('checked')
        batch_op.drop_column('format')
        batch_op.drop_column('scheduled_for')
        batch_op.drop_column('source')
        batch_op.drop_column('token')

    with op.batch_alter_table('ingest_rows', table_kwargs=WITHOUT_ROWID) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_ingest_rows_settled_by_run_id_ingest_runs'), 'ingest_runs', ['settled_by_run_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_ingest_rows_run_id_ingest_runs'), 'ingest_runs', ['run_id'], ['id'], ondelete='CASCADE')
        batch_op.drop_column('status')

    with op.batch_alter_table('ingest_row_errors', table_kwargs=WITHOUT_ROWID) as batch_op:
        batch_op.create_foreign_key(batch_op.f('fk_ingest_row_errors_group_id_ingest_error_groups'), 'ingest_error_groups', ['group_id'], ['id'], ondelete='CASCADE')

    op.drop_table('ingest_schedules')
