//! Where a customer stands (H1): the lead's own stage, or a later one that follows from its touches.

use super::Config;
use crate::record::Stage;

/// The furthest stage that an action proves: what its option says, at least the first touch.
pub fn proven_by(config: &Config, action: &str) -> Stage {
    let option = config.actions.iter().find(|choice| choice.key == action);
    option.and_then(|choice| choice.stage).unwrap_or(Stage::FirstTouch)
}

/// The stage to show: a touch moves it on, never back.
pub fn current<'a>(config: &Config, own: Stage, actions: impl IntoIterator<Item = &'a str>) -> Stage {
    actions.into_iter().map(|action| proven_by(config, action)).fold(own, Stage::max)
}
