//! What a token of another system may do.

use clap::ValueEnum as _;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// Read touches.
    Touches,
    /// Read daily reports.
    Reports,
    /// Read people.
    People,
    /// Read to-dos.
    Todos,
    /// Do to-dos; the token has to belong to a person.
    TodosWrite,
    /// Read the bytes of evidence.
    Evidence,
    /// Read questions, demands, findings and outside events.
    Workflow,
    /// Answer, assess and settle them; the token has to belong to a person.
    WorkflowWrite,
    /// Hand in outside events; the token belongs to nobody.
    EventsWrite,
    /// Import files; the token has to belong to a person.
    ImportsWrite,
    /// Read the configuration and check drafts of it.
    Config,
    /// Try out and publish configurations; the token has to belong to a person who may.
    ConfigWrite,
    /// Read the audit log.
    Audit,
    /// Read back-checks.
    Backchecks,
    /// Read customers, leads, contracts, work orders, meetings and what else comes of touches.
    Records,
    /// Confirm that contracts were signed, for a provider of electronic signatures; the token belongs to nobody.
    ContractsWrite,
    /// Read customers with their health, figures of weeks, and the board.
    Metrics,
}

impl Scope {
    /// Every scope that a text names, separated by spaces; words that this version does not know are left out.
    pub(crate) fn parse_all(text: &str) -> Vec<Self> {
        let named = |scope: &&Self| text.split(' ').any(|word| word == scope.as_str());
        Self::value_variants().iter().filter(named).copied().collect()
    }

    /// Whether it says what only another system can know, so that no token of a person has it: what the person may not do, a token of
    /// theirs may not either.
    pub(crate) fn is_of_systems(self) -> bool {
        matches!(self, Self::EventsWrite | Self::ContractsWrite)
    }

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Touches => "touches",
            Self::Reports => "reports",
            Self::People => "people",
            Self::Todos => "todos",
            Self::TodosWrite => "todos-write",
            Self::Evidence => "evidence",
            Self::Workflow => "workflow",
            Self::WorkflowWrite => "workflow-write",
            Self::EventsWrite => "events-write",
            Self::ImportsWrite => "imports-write",
            Self::Config => "config",
            Self::ConfigWrite => "config-write",
            Self::Audit => "audit",
            Self::Backchecks => "backchecks",
            Self::Records => "records",
            Self::ContractsWrite => "contracts-write",
            Self::Metrics => "metrics",
        }
    }
}
