"""The library of files, and data jobs with what is converted for them.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_jobs',
    sa.Column('id', sa.String(length=41), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('job_type', sa.String(length=40), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('system_prompt', sa.Text(), nullable=True),
    sa.Column('system_prompt_updated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('instructions', sa.Text(), nullable=True),
    sa.Column('instructions_updated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('origin_data_job_id', sa.String(length=41), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_data_jobs_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_jobs'))
    )
    with op.batch_alter_table('data_jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_jobs_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_jobs_job_type'), ['job_type'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_jobs_name'), ['name'], unique=False)
        batch_op.create_index('ix_data_jobs_user_created', ['user_id', 'created_at'], unique=False)

    op.create_table('ingestion_jobs',
    sa.Column('id', sa.String(length=41), nullable=False),
    sa.Column('data_job_id', sa.String(length=41), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['data_job_id'], ['data_jobs.id'], name=op.f('fk_ingestion_jobs_data_job_id_data_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_ingestion_jobs_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ingestion_jobs'))
    )
    with op.batch_alter_table('ingestion_jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ingestion_jobs_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_ingestion_jobs_data_job_id'), ['data_job_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ingestion_jobs_user_id'), ['user_id'], unique=False)

    op.create_table('file_records',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ingestion_job_id', sa.String(length=41), nullable=False),
    sa.Column('data_job_id', sa.String(length=41), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.String(length=41), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('error_key', sa.String(length=40), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('suggested_fix', sa.Text(), nullable=True),
    sa.Column('result_file_id', sa.String(length=41), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('worker', sa.String(length=64), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('deaths', sa.Integer(), nullable=False),
    sa.Column('pauses', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('processing_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['data_job_id'], ['data_jobs.id'], name=op.f('fk_file_records_data_job_id_data_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ingestion_job_id'], ['ingestion_jobs.id'], name=op.f('fk_file_records_ingestion_job_id_ingestion_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['result_file_id'], ['files.id'], name=op.f('fk_file_records_result_file_id_files')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_file_records_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_records')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('file_records', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_records_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_records_ingestion_job_id'), ['ingestion_job_id'], unique=False)
        batch_op.create_index('ix_file_records_job_status', ['data_job_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_records_result_file_id'), ['result_file_id'], unique=False)
        batch_op.create_index('ix_file_records_status_queued', ['status', 'queued_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_records_worker'), ['worker'], unique=False)

    op.create_table('data_job_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('data_job_id', sa.String(length=41), nullable=False),
    sa.Column('file_id', sa.String(length=41), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['data_job_id'], ['data_jobs.id'], name=op.f('fk_data_job_files_data_job_id_data_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['file_records.id'], name=op.f('fk_data_job_files_record_id_file_records')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_job_files')),
    sa.UniqueConstraint('data_job_id', 'file_id', name=op.f('uq_data_job_files_data_job_id'))
    )
    with op.batch_alter_table('data_job_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_job_files_file_id'), ['file_id'], unique=False)
        batch_op.create_index('ix_data_job_files_markdown', ['data_job_id'], unique=False, sqlite_where=sa.text('record_id IS NULL'), postgresql_where=sa.text('record_id IS NULL'))
        batch_op.create_index('ix_data_job_files_record_id', ['record_id'], unique=True, sqlite_where=sa.text('record_id IS NOT NULL'), postgresql_where=sa.text('record_id IS NOT NULL'))

    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column('kind', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('origin_file_id', sa.String(length=41), nullable=True))
        batch_op.create_index('ix_files_library', ['user_id', 'purpose', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_files_origin_file_id'), ['origin_file_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_origin_file_id'))
        batch_op.drop_index('ix_files_library')
        batch_op.drop_column('origin_file_id')
        batch_op.drop_column('kind')
        batch_op.drop_column('purpose')

    with op.batch_alter_table('data_job_files', schema=None) as batch_op:
        batch_op.drop_index('ix_data_job_files_record_id')
        batch_op.drop_index('ix_data_job_files_markdown')
        batch_op.drop_index(batch_op.f('ix_data_job_files_file_id'))

    op.drop_table('data_job_files')
    with op.batch_alter_table('file_records', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_records_worker'))
        batch_op.drop_index('ix_file_records_status_queued')
        batch_op.drop_index(batch_op.f('ix_file_records_result_file_id'))
        batch_op.drop_index('ix_file_records_job_status')
        batch_op.drop_index(batch_op.f('ix_file_records_ingestion_job_id'))
        batch_op.drop_index(batch_op.f('ix_file_records_file_id'))

    op.drop_table('file_records')
    with op.batch_alter_table('ingestion_jobs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ingestion_jobs_user_id'))
        batch_op.drop_index(batch_op.f('ix_ingestion_jobs_data_job_id'))
        batch_op.drop_index(batch_op.f('ix_ingestion_jobs_created_at'))

    op.drop_table('ingestion_jobs')
    with op.batch_alter_table('data_jobs', schema=None) as batch_op:
        batch_op.drop_index('ix_data_jobs_user_created')
        batch_op.drop_index(batch_op.f('ix_data_jobs_name'))
        batch_op.drop_index(batch_op.f('ix_data_jobs_job_type'))
        batch_op.drop_index(batch_op.f('ix_data_jobs_created_at'))

    op.drop_table('data_jobs')
