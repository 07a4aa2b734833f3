"""Alignment: its jobs, and the pairs that they make.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alignment_jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=39), nullable=False),
    sa.Column('data_job_id', sa.String(length=41), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('alignment_type', sa.String(length=20), nullable=False),
    sa.Column('system_prompt', sa.Text(), nullable=False),
    sa.Column('instructions', sa.Text(), nullable=False),
    sa.Column('model', sa.String(length=200), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('suggested_fix', sa.Text(), nullable=True),
    sa.Column('worker', sa.String(length=64), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('deaths', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pauses', sa.Integer(), nullable=False),
    sa.Column('pairs_version', sa.Integer(), nullable=False),
    sa.Column('written_version', sa.Integer(), nullable=False),
    sa.Column('jsonl_file_id', sa.String(length=41), nullable=True),
    sa.Column('parquet_file_id', sa.String(length=41), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['data_job_id'], ['data_jobs.id'], name=op.f('fk_alignment_jobs_data_job_id_data_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['jsonl_file_id'], ['files.id'], name=op.f('fk_alignment_jobs_jsonl_file_id_files')),
    sa.ForeignKeyConstraint(['parquet_file_id'], ['files.id'], name=op.f('fk_alignment_jobs_parquet_file_id_files')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alignment_jobs_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment_jobs')),
    sa.UniqueConstraint('public_id', name=op.f('uq_alignment_jobs_public_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('alignment_jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alignment_jobs_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_jobs_data_job_id'), ['data_job_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_jobs_jsonl_file_id'), ['jsonl_file_id'], unique=False)
        batch_op.create_index('ix_alignment_jobs_out_of_date', ['id'], unique=False, sqlite_where=sa.text('pairs_version != written_version'), postgresql_where=sa.text('pairs_version != written_version'))
        batch_op.create_index(batch_op.f('ix_alignment_jobs_parquet_file_id'), ['parquet_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_jobs_status'), ['status'], unique=False)
        batch_op.create_index('ix_alignment_jobs_user_created', ['user_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_jobs_worker'), ['worker'], unique=False)

    op.create_table('alignment_sources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('alignment_job_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.String(length=41), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('worker', sa.String(length=64), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('deaths', sa.Integer(), nullable=False),
    sa.Column('pauses', sa.Integer(), nullable=False),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('pairs', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.Column('input_tokens', sa.BigInteger(), nullable=False),
    sa.Column('output_tokens', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['alignment_job_id'], ['alignment_jobs.id'], name=op.f('fk_alignment_sources_alignment_job_id_alignment_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment_sources')),
    sa.UniqueConstraint('alignment_job_id', 'number', name=op.f('uq_alignment_sources_alignment_job_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('alignment_sources', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alignment_sources_file_id'), ['file_id'], unique=False)
        batch_op.create_index('ix_alignment_sources_job_status', ['alignment_job_id', 'status', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_sources_worker'), ['worker'], unique=False)

    op.create_table('alignment_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('alignment_job_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=20), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=True),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['alignment_job_id'], ['alignment_jobs.id'], name=op.f('fk_alignment_steps_alignment_job_id_alignment_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment_steps')),
    sa.UniqueConstraint('alignment_job_id', 'key', name=op.f('uq_alignment_steps_alignment_job_id'))
    )
    op.create_table('alignment_passages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['alignment_sources.id'], name=op.f('fk_alignment_passages_source_id_alignment_sources'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment_passages')),
    sa.UniqueConstraint('source_id', 'number', name=op.f('uq_alignment_passages_source_id'))
    )
    op.create_table('training_pairs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('alignment_job_id', sa.Integer(), nullable=False),
    sa.Column('passage_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=16), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('original_question', sa.Text(), nullable=True),
    sa.Column('original_answer', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['alignment_job_id'], ['alignment_jobs.id'], name=op.f('fk_training_pairs_alignment_job_id_alignment_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['passage_id'], ['alignment_passages.id'], name=op.f('fk_training_pairs_passage_id_alignment_passages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_pairs')),
    sa.UniqueConstraint('alignment_job_id', 'position', name=op.f('uq_training_pairs_alignment_job_id'))
    )
    with op.batch_alter_table('training_pairs', schema=None) as batch_op:
        batch_op.create_index('ix_training_pairs_digest', ['alignment_job_id', 'digest', 'position'], unique=False)
        batch_op.create_index('ix_training_pairs_edited', ['alignment_job_id'], unique=False, sqlite_where=sa.text('original_question IS NOT NULL'), postgresql_where=sa.text('original_question IS NOT NULL'))
        batch_op.create_index('ix_training_pairs_state', ['alignment_job_id', 'state', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_pairs_passage_id'), ['passage_id'], unique=False)

    # Not as a batch: SQLite would make the table anew, and dropping the old one deletes what refers to it.
    op.add_column('data_jobs', sa.Column('alignment_job_id', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_data_jobs_alignment_job_id'), 'data_jobs', ['alignment_job_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_data_jobs_alignment_job_id'), 'data_jobs')
    op.drop_column('data_jobs', 'alignment_job_id')

    with op.batch_alter_table('training_pairs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_pairs_passage_id'))
        batch_op.drop_index('ix_training_pairs_state')
        batch_op.drop_index('ix_training_pairs_edited')
        batch_op.drop_index('ix_training_pairs_digest')

    op.drop_table('training_pairs')
    op.drop_table('alignment_passages')
    op.drop_table('alignment_steps')
    with op.batch_alter_table('alignment_sources', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alignment_sources_worker'))
        batch_op.drop_index('ix_alignment_sources_job_status')
        batch_op.drop_index(batch_op.f('ix_alignment_sources_file_id'))

    op.drop_table('alignment_sources')
    with op.batch_alter_table('alignment_jobs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_worker'))
        batch_op.drop_index('ix_alignment_jobs_user_created')
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_status'))
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_parquet_file_id'))
        batch_op.drop_index('ix_alignment_jobs_out_of_date')
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_jsonl_file_id'))
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_data_job_id'))
        batch_op.drop_index(batch_op.f('ix_alignment_jobs_created_at'))

    op.drop_table('alignment_jobs')
