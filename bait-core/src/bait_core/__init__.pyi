from .batching import (
    BatchingSettings as BatchingSettings,
)
from .domain import (
    NO_PREMISES as NO_PREMISES,
)
from .domain import (
    SOUND as SOUND,
)
from .domain import (
    CheckResult as CheckResult,
)
from .domain import (
    Definition as Definition,
)
from .domain import (
    DefinitionKind as DefinitionKind,
)
from .domain import (
    Edit as Edit,
)
from .domain import (
    Failed as Failed,
)
from .domain import (
    FailureKind as FailureKind,
)
from .domain import (
    FilledFile as FilledFile,
)
from .domain import (
    Foundations as Foundations,
)
from .domain import (
    Goal as Goal,
)
from .domain import (
    Outcome as Outcome,
)
from .domain import (
    Premise as Premise,
)
from .domain import (
    PremiseSet as PremiseSet,
)
from .domain import (
    Proof as Proof,
)
from .domain import (
    ProofStep as ProofStep,
)
from .domain import (
    Proved as Proved,
)
from .domain import (
    SearchStatus as SearchStatus,
)
from .domain import (
    Subgoals as Subgoals,
)
from .domain import (
    Suggestion as Suggestion,
)
from .domain import (
    Theorem as Theorem,
)
from .domain import (
    Verification as Verification,
)
from .domain import (
    apply_edits as apply_edits,
)
from .errors import (
    AmbiguousPluginError as AmbiguousPluginError,
)
from .errors import (
    BaitError as BaitError,
)
from .errors import (
    BrokenPluginError as BrokenPluginError,
)
from .errors import (
    CheckpointError as CheckpointError,
)
from .errors import (
    ConfigurationError as ConfigurationError,
)
from .errors import (
    ExecutionError as ExecutionError,
)
from .errors import (
    FillError as FillError,
)
from .errors import (
    MergeError as MergeError,
)
from .errors import (
    ModelError as ModelError,
)
from .errors import (
    PluginError as PluginError,
)
from .errors import (
    ProverCrashError as ProverCrashError,
)
from .errors import (
    ProverError as ProverError,
)
from .errors import (
    ProverStartError as ProverStartError,
)
from .errors import (
    StartupCrashError as StartupCrashError,
)
from .errors import (
    TheoremError as TheoremError,
)
from .errors import (
    TraceError as TraceError,
)
from .errors import (
    TraceWarning as TraceWarning,
)
from .errors import (
    TrainingError as TrainingError,
)
from .errors import (
    UnknownPluginError as UnknownPluginError,
)
from .execution import (
    AttemptObserver as AttemptObserver,
)
from .execution import (
    Display as Display,
)
from .execution import (
    ExecutionSettings as ExecutionSettings,
)
from .execution import (
    Observer as Observer,
)
from .execution import (
    QuietDisplay as QuietDisplay,
)
from .execution import (
    RunEnd as RunEnd,
)
from .execution import (
    Runner as Runner,
)
from .execution import (
    RunSettings as RunSettings,
)
from .execution import (
    SearchJob as SearchJob,
)
from .execution import (
    SearchProgress as SearchProgress,
)
from .execution import (
    record_searches as record_searches,
)
from .execution import (
    run_searches as run_searches,
)
from .experiment import (
    ExperimentConfig as ExperimentConfig,
)
from .experiment import (
    ExperimentResult as ExperimentResult,
)
from .experiment import (
    Report as Report,
)
from .experiment import (
    evaluate as evaluate,
)
from .experiment import (
    load_config as load_config,
)
from .experiment import (
    read_report as read_report,
)
from .experiment import (
    run_experiment as run_experiment,
)
from .graph import (
    Edge as Edge,
)
from .graph import (
    GoalNode as GoalNode,
)
from .graph import (
    ProofGraph as ProofGraph,
)
from .graph import (
    Status as Status,
)
from .graph import (
    extract_proof as extract_proof,
)
from .merging import (
    merge_edits as merge_edits,
)
from .options import (
    Options as Options,
)
from .paths import (
    trace_folder as trace_folder,
)
from .plugins import (
    API_VERSION as API_VERSION,
)
from .plugins import (
    CommandSpec as CommandSpec,
)
from .plugins import (
    DoctorCheck as DoctorCheck,
)
from .plugins import (
    EnvironmentSpec as EnvironmentSpec,
)
from .plugins import (
    Finding as Finding,
)
from .plugins import (
    PluginKind as PluginKind,
)
from .plugins import (
    PluginSpec as PluginSpec,
)
from .plugins import (
    SearchSpec as SearchSpec,
)
from .plugins import (
    TraceProcessorSpec as TraceProcessorSpec,
)
from .plugins import (
    TrainerSpec as TrainerSpec,
)
from .plugins import (
    hookimpl as hookimpl,
)
from .plugins import (
    installed as installed,
)
from .plugins.build import (
    make_environment as make_environment,
)
from .plugins.build import (
    make_goal_model as make_goal_model,
)
from .plugins.build import (
    make_search_model as make_search_model,
)
from .plugins.build import (
    make_tactic_model as make_tactic_model,
)
from .plugins.build import (
    make_trace_processor as make_trace_processor,
)
from .plugins.build import (
    make_trainer as make_trainer,
)
from .plugins.config import (
    PluginConfig as PluginConfig,
)
from .proof_search import (
    Attempt as Attempt,
)
from .proof_search import (
    SearchLimits as SearchLimits,
)
from .proof_search import (
    SearchSettings as SearchSettings,
)
from .protocols import (
    Environment as Environment,
)
from .protocols import (
    FillsFiles as FillsFiles,
)
from .protocols import (
    GoalModel as GoalModel,
)
from .protocols import (
    Response as Response,
)
from .protocols import (
    SearchContext as SearchContext,
)
from .protocols import (
    SearchModel as SearchModel,
)
from .protocols import (
    Selection as Selection,
)
from .protocols import (
    Session as Session,
)
from .protocols import (
    TacticModel as TacticModel,
)
from .protocols import (
    TacticRequest as TacticRequest,
)
from .protocols import (
    TraceProcessor as TraceProcessor,
)
from .protocols import (
    Trainer as Trainer,
)
from .protocols import (
    TrainingResult as TrainingResult,
)
from .protocols import (
    TrainingTask as TrainingTask,
)
from .protocols import (
    VerifiesFiles as VerifiesFiles,
)
from .proving import (
    ProofResults as ProofResults,
)
from .proving import (
    TheoremResult as TheoremResult,
)
from .proving import (
    prove as prove,
)
from .traces import (
    EdgeRecord as EdgeRecord,
)
from .traces import (
    GoalRecord as GoalRecord,
)
from .traces import (
    ProofRecord as ProofRecord,
)
from .traces import (
    SelectionRecord as SelectionRecord,
)
from .traces import (
    TraceRecord as TraceRecord,
)
from .traces import (
    TraceWriter as TraceWriter,
)
from .traces import (
    graph_of_record as graph_of_record,
)
from .traces import (
    read_traces as read_traces,
)
from .traces import (
    write_traces as write_traces,
)
from .training import (
    CorpusPremise as CorpusPremise,
)
from .training import (
    read_corpus as read_corpus,
)
from .training import (
    read_examples as read_examples,
)

__version__: str

__all__ = [
    "API_VERSION",
    "NO_PREMISES",
    "SOUND",
    "AmbiguousPluginError",
    "Attempt",
    "AttemptObserver",
    "BaitError",
    "BatchingSettings",
    "BrokenPluginError",
    "CheckResult",
    "CheckpointError",
    "CommandSpec",
    "ConfigurationError",
    "CorpusPremise",
    "Definition",
    "DefinitionKind",
    "Display",
    "DoctorCheck",
    "Edge",
    "EdgeRecord",
    "Edit",
    "Environment",
    "EnvironmentSpec",
    "ExecutionError",
    "ExecutionSettings",
    "ExperimentConfig",
    "ExperimentResult",
    "Failed",
    "FailureKind",
    "FillError",
    "FilledFile",
    "FillsFiles",
    "Finding",
    "Foundations",
    "Goal",
    "GoalModel",
    "GoalNode",
    "GoalRecord",
    "MergeError",
    "ModelError",
    "Observer",
    "Options",
    "Outcome",
    "PluginConfig",
    "PluginError",
    "PluginKind",
    "PluginSpec",
    "Premise",
    "PremiseSet",
    "Proof",
    "ProofGraph",
    "ProofRecord",
    "ProofResults",
    "ProofStep",
    "Proved",
    "ProverCrashError",
    "ProverError",
    "ProverStartError",
    "QuietDisplay",
    "Report",
    "Response",
    "RunEnd",
    "RunSettings",
    "Runner",
    "SearchContext",
    "SearchJob",
    "SearchLimits",
    "SearchModel",
    "SearchProgress",
    "SearchSettings",
    "SearchSpec",
    "SearchStatus",
    "Selection",
    "SelectionRecord",
    "Session",
    "StartupCrashError",
    "Status",
    "Subgoals",
    "Suggestion",
    "TacticModel",
    "TacticRequest",
    "Theorem",
    "TheoremError",
    "TheoremResult",
    "TraceError",
    "TraceProcessor",
    "TraceProcessorSpec",
    "TraceRecord",
    "TraceWarning",
    "TraceWriter",
    "Trainer",
    "TrainerSpec",
    "TrainingError",
    "TrainingResult",
    "TrainingTask",
    "UnknownPluginError",
    "Verification",
    "VerifiesFiles",
    "apply_edits",
    "evaluate",
    "extract_proof",
    "graph_of_record",
    "hookimpl",
    "installed",
    "load_config",
    "make_environment",
    "make_goal_model",
    "make_search_model",
    "make_tactic_model",
    "make_trace_processor",
    "make_trainer",
    "merge_edits",
    "prove",
    "read_corpus",
    "read_examples",
    "read_report",
    "read_traces",
    "record_searches",
    "run_experiment",
    "run_searches",
    "trace_folder",
    "write_traces",
]
