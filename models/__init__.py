"""The facts: tables, constraints and queries. Knows no rule and no web."""

from models.base import Base
from models.company import CalendarException, Company, LoginFailure
from models.complaint import AppealedAs, Category, Channel, Complaint, ComplaintState, Severity
from models.event import Attachment, Event
from models.ledger import EntryStatus, ScoreEntry
from models.letter import Letter, LetterPdf, LetterRecipient, NumberSeries, take_number
from models.outbox import ComplaintImport, ImportState, Notice, Order, OrderState
from models.person import (
    GRANTED_ROLES,
    Department,
    Deputation,
    Headship,
    Person,
    Posting,
    Role,
    RoleGrant,
    Team,
    TeamLeadership,
)
from models.regulation import RegulationVersion
from models.session import Database

__all__ = [
    "GRANTED_ROLES", "AppealedAs", "Attachment", "Base", "CalendarException", "Category", "Channel",
    "Company", "Complaint", "ComplaintImport", "ComplaintState", "Database", "Department",
    "Deputation", "EntryStatus", "Event", "Headship", "ImportState", "Letter", "LetterPdf",
    "LetterRecipient", "LoginFailure", "Notice", "NumberSeries", "Order", "OrderState", "Person",
    "Posting", "RegulationVersion", "Role", "RoleGrant", "ScoreEntry", "Severity", "Team",
    "TeamLeadership", "take_number",
]  # fmt: skip
