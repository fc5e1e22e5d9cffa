//! Where a customer stands (H1): the lead's own stage, or a later one that follows from its touches.

use crate::record::Stage;

/// The furthest stage that an action proves, if any.
pub fn proven_by(action: &str) -> Stage {
    match action {
        "sign" => Stage::Signed,
        "quote" => Stage::Quoted,
        "demo" | "new_demand" | "tech_question" => Stage::NeedConfirmed,
        _ => Stage::FirstTouch,
    }
}

/// The stage to show: a touch moves it on, never back.
pub fn current<'a>(own: Stage, actions: impl IntoIterator<Item = &'a str>) -> Stage {
    actions.into_iter().map(proven_by).fold(own, Stage::max)
}
