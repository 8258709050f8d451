"""The stored search, so that no name ever stands in a URL."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field, SQLModel

from crm.kernel.columns import Key, Moment


class StoredSearch(SQLModel, table=True):
    """What one sign-in searched for, under a random id; nobody else's sign-in can open it."""

    __tablename__ = "stored_search"

    id: str = Field(primary_key=True, max_length=43)
    session_key: str = Field(foreign_key="sign_in_session.key", max_length=64, index=True)
    account_id: UUID = Field(sa_type=Key)
    term: str = Field(max_length=100)
    created_at: dt.datetime = Field(sa_type=Moment)
