//! The list of kinds: one line each. What a kind is, its own file says ([`crate::kind`]).

use serde::{Deserialize, Serialize};

/// Hands the list of kinds to another macro: what it is, the name in code, the word that is stored and sent, and its record.
macro_rules! kinds {
    ($then:ident) => {
        $then! {
            /// Someone of the team.
            Person = "person" of Person,
            /// One published version of the configuration (T6).
            Release = "config" of Release,
            /// A customer.
            Customer = "customer" of Customer,
            /// A contact person on the customer's side.
            Contact = "contact" of Contact,
            /// A lead with its stage and holder (H1).
            Lead = "lead" of Lead,
            /// A touch (T1).
            Touch = "touch" of Touch,
            /// One piece of evidence.
            Evidence = "evidence" of Evidence,
            /// A daily report (T4).
            Report = "report" of Report,
            /// A contract on its way to be signed (H2, B3).
            Contract = "contract" of Contract,
            /// A use of the seal (N2).
            Seal = "seal" of Seal,
            /// A work order for delivery (B3, H3).
            Order = "order" of Order,
            /// A technical question (B2).
            Question = "question" of Question,
            /// A demand card (F1).
            Demand = "demand" of Demand,
            /// A meeting (B4).
            Meeting = "meeting" of Meeting,
            /// A payment slip (B5).
            Slip = "slip" of Slip,
            /// Something an outside system saw (M1).
            Event = "event" of Event,
            /// Two facts that do not agree (B5), or what a back-check found (R1).
            Finding = "finding" of Finding,
            /// Records drawn to be looked at (R1).
            BackCheck = "back_check" of BackCheck,
            /// A task or to-do.
            Task = "task" of Task,
        }
    };
}
pub(crate) use kinds;

macro_rules! names {
    ($($(#[$doc:meta])* $kind:ident = $word:literal of $record:ident),* $(,)?) => {
        /// The kinds of record. Each record is one document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)*
        }

        impl Kind {
            /// Every kind, parents before children.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }
    };
}
kinds!(names);

impl Kind {
    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}
