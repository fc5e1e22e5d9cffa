//! What a person can look at: every question that is answered from the store at one moment.

use chrono::NaiveDate;

use super::{StatusView, Workbench};
use crate::query::view::{
    BackCheckDetail, BackCheckView, BriefView, ContractView, CustomerView, DemandView, EventView, EvidenceView, FiguresView,
    FindingView, HomeView, LeadList, LeadPage, LeadView, MeetingView, OrderView, PersonView, QuestionView, QuoteView, Redrawn,
    ReportCard, ReportView, TaskView, TouchView,
};
use crate::screen::{CustomerPage, TouchDay};
use chuda_record::error::Result;
use chuda_record::id::{
    BackCheckId, ContractId, CustomerId, DemandId, EvidenceId, FindingId, LeadId, MeetingId, OrderId, PersonId, QuestionId, TaskId,
    TouchId,
};
use chuda_record::rules::metrics::Week;

/// Most notices that are shown at once.
const NOTICES: u32 = 200;

/// The questions of a workbench: each is asked by its name and answered by `$ask`, which sees the store as the person may see it.
macro_rules! questions {
    ($ask:ident: $($(#[$doc:meta])* fn $name:ident($($arg:ident: $of:ty),*) -> $view:ty = $answer:expr;)*) => {
        impl Workbench {
            $($(#[$doc])* pub fn $name(&self, $($arg: $of),*) -> Result<$view> {
                self.0.ask(|$ask| $answer)
            })*
        }
    };
}

questions! { ask:
    /// Colleagues, by name.
    fn people() -> Vec<PersonView> = Ok(ask.colleagues());
    /// Customers, reddest first.
    fn customers() -> Vec<CustomerView> = ask.customers();
    /// One customer.
    fn customer(id: CustomerId) -> CustomerView = ask.customer(id);
    /// All that is shown of a customer.
    fn customer_page(id: CustomerId) -> CustomerPage = ask.customer_page(id);
    /// Finds customers by id, name or short name; an exact match comes alone.
    fn find_customers(words: &str) -> Vec<CustomerView> = ask.find_customers(words);
    /// A customer's touches, newest first, at most `limit`.
    fn timeline(customer: CustomerId, limit: u32) -> Vec<TouchView> = ask.timeline(customer, limit);
    /// One touch.
    fn touch(id: TouchId) -> TouchView = ask.one(id);
    /// Own touches of a day, newest first, drafts included.
    fn touches_of(day: NaiveDate) -> Vec<TouchView> = ask.touches_of(day);
    /// Own touches, newest first, at most `limit`; drafts included.
    fn latest_touches(limit: u32) -> Vec<TouchView> = ask.latest_touches(limit);
    /// Own touches day by day, newest first; drafts included.
    fn touch_days() -> Vec<TouchDay> = ask.touch_days();
    /// Own evidence of the last three months that belongs to no touch, newest first, at most 50.
    fn loose_evidence() -> Vec<EvidenceView> = ask.loose_evidence();
    /// One piece of evidence.
    fn evidence(id: EvidenceId) -> EvidenceView = ask.one(id);
    /// Everything the home screen shows.
    fn home() -> HomeView = ask.home();
    /// The report card of a day.
    fn report_card(day: NaiveDate) -> ReportCard = ask.report_card(day);
    /// The figures of a week, the running one unless given: one's own and those of everybody below, or of somebody below.
    fn figures(week: Option<Week>, of: Option<PersonId>) -> FiguresView = ask.figures(week, of);
    /// Red customers, reddest first.
    fn red_customers() -> Vec<CustomerView> = ask.red_customers(usize::MAX);
    /// Reports of a day that this person may see, own first.
    fn reports(day: NaiveDate) -> Vec<ReportView> = ask.reports(day);
    /// Open tasks of this person, most urgent first.
    fn tasks() -> Vec<TaskView> = ask.tasks();
    /// What there is to know for this person: each is ticked off with [`Self::complete_task`].
    fn notices() -> Vec<TaskView> = ask.notices(NOTICES);
    /// One task or notice, done or not.
    fn task(id: TaskId) -> TaskView = ask.one(id);
    /// Where every item is on its way.
    fn status() -> StatusView = Ok(StatusView { items: ask.status_items()?, summary: ask.sync_summary()? });
    /// Leads, those that were moved last first.
    fn leads(list: LeadList) -> Vec<LeadView> = ask.leads(list);
    /// One lead, with every move.
    fn lead(id: LeadId) -> LeadPage = ask.lead_page(id);
    /// Finds leads by their id, or by id, name or short name of the customer; an exact match comes alone.
    fn find_leads(words: &str) -> Vec<LeadView> = ask.find_leads(words);
    /// Technical questions that this person may read, the open ones or all, newest first.
    fn questions(only_open: bool) -> Vec<QuestionView> = ask.newest(only_open);
    /// One question.
    fn question(id: QuestionId) -> QuestionView = ask.one(id);
    /// Demand cards that this person may read, the open ones or all, newest first.
    fn demands(only_open: bool) -> Vec<DemandView> = ask.newest(only_open);
    /// One demand card.
    fn demand(id: DemandId) -> DemandView = ask.one(id);
    /// Findings that this person may read, the open ones or all, newest first.
    fn findings(only_open: bool) -> Vec<FindingView> = ask.newest(only_open);
    /// One finding.
    fn finding(id: FindingId) -> FindingView = ask.one(id);
    /// What outside systems saw (M1), of one customer or of all, newest first, at most `limit`.
    fn events(customer: Option<CustomerId>, limit: u32) -> Vec<EventView> = ask.events(customer, limit);
    /// How a customer stood day by day (B1), latest first, at most `limit` days.
    fn briefs(customer: CustomerId, limit: u32) -> Vec<BriefView> = ask.briefs(customer, limit as usize);
    /// Contracts that this person sees, newest first: those that somebody still has to do something about, or all.
    fn contracts(only_open: bool) -> Vec<ContractView> = ask.newest(only_open);
    /// One contract.
    fn contract(id: ContractId) -> ContractView = ask.one(id);
    /// Finds contracts by id or number.
    fn find_contracts(words: &str) -> Vec<ContractView> = ask.find_contracts(words);
    /// Work orders that this person sees, newest first: those that are to be done, or all.
    fn orders(only_open: bool) -> Vec<OrderView> = ask.newest(only_open);
    /// One work order.
    fn order(id: OrderId) -> OrderView = ask.one(id);
    /// Meetings that this person sees, newest first.
    fn meetings() -> Vec<MeetingView> = ask.newest(false);
    /// One meeting.
    fn meeting(id: MeetingId) -> MeetingView = ask.one(id);
    /// A meeting's invitation as iCalendar (RFC 5545), for any calendar to open.
    fn invitation(id: MeetingId) -> String = ask.invitation(id);
    /// Quotes that this person sees, newest first.
    fn quotes() -> Vec<QuoteView> = ask.quotes();
    /// Back-checks that this person may read, latest first: a supervisor's own, and those of supervisors below.
    fn back_checks() -> Vec<BackCheckView> = ask.back_checks();
    /// One with everything that was drawn, and what the machine found beside each question.
    fn back_check(id: BackCheckId) -> BackCheckDetail = ask.back_check(id);
    /// Makes the draw again from the seed and the candidates that are kept, and compares it with what is here.
    fn redraw_back_check(id: BackCheckId) -> Redrawn = ask.redraw(id);
}
