"""Tables of the credentials slice.

What was signed is never changed: a credential's ``jwt`` is replaced only when its key was compromised, by the
same words under another key.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class IssuerKey(Record, table=True):
    """A key that signs for a hub, or for the whole network when the hub is null.

    ``issuer`` is the DID that it signs for: with another public address there is another DID, and another
    key. ``kid`` is the DID URL that tokens name it by, which ends in the key's thumbprint (RFC 7638).
    ``sealed`` is the private key as ``darsgah.credentials.sealing`` keeps it; it goes when the key no longer
    signs.
    """

    __tablename__ = "issuer_key"
    __table_args__ = (
        sa.CheckConstraint("state in ('active', 'retired', 'compromised')", name="state"),
        sa.CheckConstraint("(state = 'active') = (sealed is not null)", name="sealed"),
        sa.Index("uq_issuer_key_active", "issuer", unique=True, postgresql_where=sa.text("state = 'active'")),
    )

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id", index=True)
    issuer: str = Field(sa_type=sa.Text)
    kid: str = Field(sa_type=sa.Text, unique=True)
    public_jwk: dict[str, Any] = Field(sa_type=JSONB)
    sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    state: str = Field(default="active", sa_type=sa.Text)
    created_at: datetime = created_at_column()
    retired_at: datetime | None = moment_column(nullable=True)
    retired_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", sa_type=sa.Text)


class Achievement(Record, table=True):
    """Something that can be earned, as it was described at one time; another description is another row.

    ``subject`` names what it is about within its kind (a course's id, a unit's code, a brief's id).
    ``skills`` are words; ``alignments`` list ``{"name", "url", "framework", "code", "description"}``.
    """

    __tablename__ = "achievement"
    __table_args__ = (
        sa.CheckConstraint("kind in ('course', 'unit', 'brief', 'hackathon')", name="kind"),
        sa.UniqueConstraint("kind", "subject", "version"),
    )

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id", index=True)
    kind: str = Field(sa_type=sa.Text)
    subject: str = Field(sa_type=sa.Text)
    version: int
    name: str = Field(sa_type=sa.Text)
    name_ur: str = Field(default="", sa_type=sa.Text)
    description: str = Field(sa_type=sa.Text)
    criteria: str = Field(sa_type=sa.Text)
    skills: list[str] = Field(default_factory=list, sa_type=JSONB)
    alignments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    created_at: datetime = created_at_column()


class StatusList(Record, table=True):
    """Which credentials of an issuer are revoked, one bit for each place.

    The bits themselves are in the credentials. ``revision`` grows with every change, ``jwt`` is the list as
    it was signed at ``signed_revision``; ``taken`` counts the places given away.
    """

    __tablename__ = "status_list"
    __table_args__ = (sa.UniqueConstraint("issuer", "number"),)

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id", index=True)
    issuer: str = Field(sa_type=sa.Text)
    number: int
    size: int
    taken: int = 0
    revision: int = 0
    signed_revision: int | None = None
    signed_at: datetime | None = moment_column(nullable=True)
    key_id: UUID | None = Field(default=None, foreign_key="issuer_key.id")
    jwt: str = Field(default="", sa_type=sa.Text)


class Credential(Record, table=True):
    """One achievement of one person, signed.

    ``reference`` says for which occasion it was awarded (a cohort, a project): for one occasion there is one
    that counts. ``evidence`` lists ``{"name", "description", "narrative", "url", "genre"}`` and ``results``
    ``{"name", "value", "kind", "least", "most", "allowed"}``, as they stand in the JWT.
    """

    __tablename__ = "credential"
    __table_args__ = (
        sa.UniqueConstraint("status_list_id", "status_index"),
        sa.CheckConstraint("(revoked_at is null) = (revoked_reason = '')", name="revoked"),
        sa.CheckConstraint("trl between 1 and 9", name="trl"),
        sa.Index(
            "uq_credential_counting",
            "account_id",
            "kind",
            "subject",
            "reference",
            unique=True,
            postgresql_where=sa.text("revoked_at is null"),
        ),
        sa.Index("ix_credential_account_id_id", "account_id", "id"),
        sa.Index("ix_credential_hub_id_id", "hub_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id")
    account_id: UUID = Field(foreign_key="account.id")
    achievement_id: UUID = Field(foreign_key="achievement.id", index=True)
    kind: str = Field(sa_type=sa.Text)
    subject: str = Field(sa_type=sa.Text)
    reference: str = Field(sa_type=sa.Text)
    recipient_name: str = Field(sa_type=sa.Text)
    key_id: UUID = Field(foreign_key="issuer_key.id", index=True)
    status_list_id: UUID = Field(foreign_key="status_list.id")
    status_index: int
    jwt: str = Field(sa_type=sa.Text)
    issued_at: datetime = moment_column()
    valid_until: datetime | None = moment_column(nullable=True)
    awarded_by: UUID | None = Field(default=None, foreign_key="account.id")
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    trl: int | None = None
    public: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    revoked_at: datetime | None = moment_column(nullable=True)
    revoked_by: UUID | None = Field(default=None, foreign_key="account.id")
    revoked_reason: str = Field(
        default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")}
    )


class CompletionRule(Record, table=True):
    """When a cohort's course counts as completed; a cohort without a row has the default.

    ``pass_share`` is the share of each lab's points that is needed, of 1; ``automatic`` says whether the
    credential is awarded as soon as that is so.
    """

    __tablename__ = "completion_rule"
    __table_args__ = (sa.CheckConstraint("pass_share > 0 and pass_share <= 1", name="pass_share"),)

    cohort_id: UUID = Field(foreign_key="cohort.id", primary_key=True)
    hub_id: UUID = Field(foreign_key="hub.id")
    pass_share: float = Field(sa_type=sa.Double)
    automatic: bool = True
    version: int = 1
    changed_by: UUID = Field(foreign_key="account.id")
    changed_at: datetime = moment_column()
