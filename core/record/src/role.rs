//! What people of the team do.

use serde::{Deserialize, Serialize};

/// What someone does in the team. One person can have several roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sales rep (销售代表).
    Rep,
    /// Supervisor (销售主管).
    Supervisor,
    /// Sales director (销售总监).
    Director,
    /// Pre-sales (售前).
    Presales,
    /// Finance (财务专员).
    Finance,
    /// Delivery manager (交付经理).
    Delivery,
    /// Delivery director (交付总监).
    DeliveryDirector,
    /// Customer success manager (客户成功经理).
    CustomerSuccess,
    /// Product manager (产品经理).
    Product,
    /// Tech owner (技术负责人).
    Tech,
    /// Legal and seal keeper (法务, 用印).
    Legal,
    /// People, reporting lines, devices.
    Admin,
    /// Reads and exports, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 13] = [
        Self::Rep,
        Self::Supervisor,
        Self::Director,
        Self::Presales,
        Self::Finance,
        Self::Delivery,
        Self::DeliveryDirector,
        Self::CustomerSuccess,
        Self::Product,
        Self::Tech,
        Self::Legal,
        Self::Admin,
        Self::Auditor,
    ];

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Supervisor => "supervisor",
            Self::Director => "director",
            Self::Presales => "presales",
            Self::Finance => "finance",
            Self::Delivery => "delivery",
            Self::DeliveryDirector => "delivery_director",
            Self::CustomerSuccess => "customer_success",
            Self::Product => "product",
            Self::Tech => "tech",
            Self::Legal => "legal",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Those who go to customers and record what happened.
pub const SELLING: &[Role] = &[Role::Rep, Role::Supervisor, Role::Director, Role::Presales];
