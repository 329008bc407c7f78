"""The declarative base: constraint names that migrations can rely on, and the column types used everywhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        str: Text,
        datetime: DateTime(timezone=True),
        uuid.UUID: Uuid,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


# Random (version 4) ids: a gap in a sequence would tell a reader that something hidden exists.
RandomId = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
# Wall-clock time of the row, not of the transaction's start, so that a long import still orders its rows.
Created = Annotated[datetime, mapped_column(server_default=func.clock_timestamp())]
Counter = Annotated[int, mapped_column(BigInteger, server_default=text("0"), default=0)]
