"""What a draft is about: features say what a subject is called and which facts a decision covers.

An approval holds for what was asked, not for whatever its subject became. Its digest is made of
the terms asked for and of the subject's facts; a feature above tells those facts by `tells`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.approvals.models import ApprovalKind
from crm.kernel.audit import Subject
from crm.kernel.scope import ScopedSession

Facts = Mapping[str, Any]
"""Plain JSON."""
Terms = Mapping[str, Any]
"""What is asked for, as plain JSON: to whom, which fields, until when."""


@dataclass(frozen=True, slots=True)
class Teller:
    """How subjects of one type are named and told.

    `facts` gives what a decision of a kind covers; `names` what several are called, as far as the
    reader may know: a name is read when it is shown and never kept with the draft. One function
    may name subjects of several types.
    """

    facts: Callable[[ScopedSession, ApprovalKind, Subject], Facts]
    names: Callable[[ScopedSession, Collection[Subject]], Mapping[Subject, str]]


_tellers: dict[str, Teller] = {}


def tells(subject_type: str, teller: Teller) -> None:
    """Let `teller` speak of subjects of a type; nobody need for rows that are only added."""
    if subject_type in _tellers:
        raise LookupError(f"two features tell of {subject_type}")
    _tellers[subject_type] = teller


def digest_of(db: ScopedSession, kind: ApprovalKind, subject: Subject, terms: Terms | None) -> str:
    """Return the SHA-256 of what a decision of `kind` about `subject` would cover now."""
    teller = _tellers.get(subject[0])
    return digest_over(kind, subject, terms, teller.facts(db, kind, subject) if teller else {})


def digest_over(kind: ApprovalKind, subject: Subject, terms: Terms | None, facts: Facts) -> str:
    """Return the SHA-256 of what a decision covers: `facts` as they are, or as they once were."""
    subject_type, key = subject
    asked = {
        "kind": kind.value,
        "subject": [subject_type, str(key)],
        "terms": dict(terms or {}),
        "facts": dict(facts),
    }
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def names_of(db: ScopedSession, subjects: Iterable[Subject]) -> Mapping[Subject, str]:
    """Return what subjects are called, as far as the reader may know; each function asked once."""
    groups: defaultdict[Callable[..., Mapping[Subject, str]], set[Subject]] = defaultdict(set)
    for subject in subjects:
        if teller := _tellers.get(subject[0]):
            groups[teller.names].add(subject)
    return {
        subject: name
        for names, asked in groups.items()
        for subject, name in names(db, asked).items()
    }
