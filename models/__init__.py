"""The facts: tables, constraints and queries. Knows no rule and no web."""

from models.assessment import SUBJECTS, AssessmentRow, AssessmentRowWithdrawal, KeptFile, Partner
from models.assessment_run import (
    Assessed,
    Assessment,
    AssessmentAct,
    AssessmentAdjustment,
    AssessmentAnswer,
    AssessmentComputation,
    AssessmentQuestion,
    AssessmentResult,
)
from models.background import FailedStep, WorkerPulse
from models.base import Base
from models.call_day import CallDay
from models.casefile import CaseFile
from models.company import CalendarException, Company, LoginFailure, MovedDeadline, PublicDay, SettingChange, Shift
from models.complaint import AppealedAs, Category, Channel, Complaint, ComplaintState, Severity
from models.consequence import (
    AssessmentFine,
    AssessmentPublication,
    FundEntry,
    FundRequest,
    SuggestionAnswer,
    Training,
    TrainingParticipant,
)
from models.customer import Customer, CustomerContact, CustomerHandOver, HandedCustomers
from models.event import Attachment, Event
from models.feed import CalendarFeed
from models.hand_over import HandOver, HandOverChoice
from models.inspection import (
    Inspection,
    InspectionAct,
    InspectionFinding,
    InspectionKind,
    InspectionPhoto,
    InspectionState,
    Inspector,
)
from models.inspection_proposal import InspectionProposal, InspectionShare
from models.ledger import EntryStatus, ScoreEntry
from models.letter import (
    Letter,
    LetterCode,
    LetterLookup,
    LetterPdf,
    LetterRecipient,
    LetterService,
    NumberSeries,
    ServedBy,
    new_code,
    take_number,
)
from models.made_file import FileState, MadeFile
from models.message import ActingLink, ChannelOut, Message, MessageNotice, Reach
from models.money import Commission, MoneyEntry, MoneyKind, Payday, PaydayLine, PaydayState, Taken
from models.outbox import ComplaintImport, ImportState, Notice, Order, OrderState, WithoutEvents
from models.penalty import LadderStep, Penalty, PenaltyState
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
from models.plan import Cause, Plan, PlanCustomer, PlanMeasure, PlanSource, PlanState, ToldBy, plan_parts
from models.post import PostHolding
from models.printing import LetterPrint, MonthFile, ReportFile, ServiceFile
from models.publication import Publication, PublicationKind, PublicationState
from models.question import CustomerQuestion, QuestionNudge, QuestionPassed
from models.ranking_due import RankingDue
from models.rating import RatingAsked, RatingDuty, RatingGiven, RatingRound
from models.regulation import RegulationAcknowledgement, RegulationVersion
from models.regulation_draft import RegulationDraft, RegulationRehearsal, RehearsalState
from models.reminder import ClockWatch, Occasion, Part, Reminder, ReminderRecipient
from models.reward import Reward, RewardState
from models.scorecard import Scorecard, ScorecardAnswer, ScorecardQuestion, ScorecardState
from models.session import Database, is_away
from models.stationery import StationeryDraft, StationeryEdition, StationeryPicture
from models.survey import (
    AnsweredBy,
    CallResult,
    InvitationStatus,
    Survey,
    SurveyAnswer,
    SurveyAttempt,
    SurveyFigure,
    SurveyIncentive,
    SurveyInvitation,
    SurveyRecording,
    SurveySample,
)
from models.target import Target

__all__ = [
    "GRANTED_ROLES", "SUBJECTS", "ActingLink", "AnsweredBy", "AppealedAs", "Assessed", "Assessment",
    "AssessmentAct", "AssessmentAdjustment", "AssessmentAnswer", "AssessmentComputation", "AssessmentFine",
    "AssessmentPublication", "AssessmentQuestion", "AssessmentResult", "AssessmentRow", "AssessmentRowWithdrawal",
    "Attachment", "Base", "CalendarException", "CalendarFeed", "CallDay", "CallResult", "CaseFile", "Category",
    "Cause", "Channel", "ChannelOut", "ClockWatch", "Commission", "Company", "Complaint", "ComplaintImport",
    "ComplaintState", "Customer", "CustomerContact", "CustomerHandOver", "CustomerQuestion", "Database",
    "Department", "Deputation", "EntryStatus", "Event", "FailedStep", "FileState", "FundEntry", "FundRequest",
    "HandOver", "HandOverChoice", "HandedCustomers", "Headship", "ImportState", "Inspection", "InspectionAct",
    "InspectionFinding", "InspectionKind", "InspectionPhoto", "InspectionProposal", "InspectionShare",
    "InspectionState", "Inspector", "InvitationStatus", "KeptFile", "LadderStep", "Letter", "LetterCode",
    "LetterLookup", "LetterPdf", "LetterPrint", "LetterRecipient", "LetterService", "LoginFailure", "MadeFile",
    "Message", "MessageNotice", "MoneyEntry", "MoneyKind", "MonthFile", "MovedDeadline", "Notice", "NumberSeries",
    "Occasion", "Order", "OrderState", "Part", "Partner", "Payday", "PaydayLine", "PaydayState", "Penalty",
    "PenaltyState", "Person", "Plan", "PlanCustomer", "PlanMeasure", "PlanSource", "PlanState", "PostHolding",
    "Posting", "PublicDay", "Publication", "PublicationKind", "PublicationState", "QuestionNudge",
    "QuestionPassed", "RankingDue", "RatingAsked", "RatingDuty", "RatingGiven", "RatingRound",
    "Reach", "RegulationAcknowledgement", "RegulationDraft", "RegulationRehearsal",
    "RegulationVersion", "RehearsalState", "Reminder", "ReminderRecipient", "ReportFile", "Reward", "RewardState",
    "Role", "RoleGrant", "ScoreEntry", "Scorecard", "ScorecardAnswer", "ScorecardQuestion", "ScorecardState",
    "ServedBy", "ServiceFile", "SettingChange", "Severity", "Shift", "StationeryDraft", "StationeryEdition",
    "StationeryPicture", "SuggestionAnswer", "Survey", "SurveyAnswer", "SurveyAttempt", "SurveyFigure",
    "SurveyIncentive", "SurveyInvitation", "SurveyRecording", "SurveySample", "Taken", "Target", "Team",
    "TeamLeadership", "ToldBy", "Training", "TrainingParticipant", "WithoutEvents", "WorkerPulse", "is_away",
    "new_code", "plan_parts", "take_number",
]  # fmt: skip
