//! What people of the team do.

crate::words! {
    /// What someone does in the team. One person can have several roles.
    pub enum Role {
        /// Sales rep (销售代表).
        Rep = "rep",
        /// Supervisor (销售主管).
        Supervisor = "supervisor",
        /// Sales director (销售总监).
        Director = "director",
        /// Pre-sales (售前).
        Presales = "presales",
        /// Finance (财务专员).
        Finance = "finance",
        /// Delivery manager (交付经理).
        Delivery = "delivery",
        /// Delivery director (交付总监).
        DeliveryDirector = "delivery_director",
        /// Customer success manager (客户成功经理).
        CustomerSuccess = "customer_success",
        /// Product manager (产品经理).
        Product = "product",
        /// Tech owner (技术负责人).
        Tech = "tech",
        /// Legal and seal keeper (法务, 用印).
        Legal = "legal",
        /// People, reporting lines, devices.
        Admin = "admin",
        /// Reads and exports, changes nothing.
        Auditor = "auditor",
    }
}

/// Those who go to customers and record what happened.
pub const SELLING: &[Role] = &[Role::Rep, Role::Supervisor, Role::Director, Role::Presales];
