//! Where a customer stands (H1): the lead's own stage, or a later one that follows from its records.

use super::Config;
use super::config::Choice;
use crate::{Lead, Stage};

/// What shows how far a customer has come, beside the lead itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// What was done: each action with the brief that was given, once.
    pub touched: Vec<(String, Option<String>)>,
    /// A contract is signed.
    pub signed: bool,
}

/// The stage to show. Records move it on, never back; of a lead that nobody holds it is 投放 again, whatever was done before. Where it
/// was corrected by hand, `steps` are those since.
pub fn current(config: &Config, lead: Option<&Lead>, steps: &Steps) -> Stage {
    // A customer without a lead was entered by the one who holds it.
    let own = lead.map_or(Stage::Claimed, |lead| lead.stage);
    if lead.is_some_and(|lead| lead.holder.is_none()) {
        return own;
    }
    let signed = steps.signed.then_some(Stage::Signed);
    let touched = steps.touched.iter().map(|(action, brief)| proven_by(config, action, brief.as_deref()));
    touched.chain(signed).fold(own, Stage::max)
}

/// The furthest stage that a touch proves: what its action and its brief say, at least the first touch.
pub fn proven_by(config: &Config, action: &str, brief: Option<&str>) -> Stage {
    let said = |list: &[Choice], key: &str| list.iter().find(|choice| choice.key == key).and_then(|choice| choice.stage);
    let action = said(&config.actions, action);
    let brief = brief.and_then(|brief| said(&config.briefs, brief));
    action.into_iter().chain(brief).fold(Stage::FirstTouch, Stage::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CustomerId, PersonId};
    use crate::time::from_millis;

    fn lead(stage: Stage, held: bool) -> Lead {
        let person = PersonId::derived("李雷");
        Lead {
            stage,
            held_at: None,
            claimed_at: None,
            ..Lead::new(person, CustomerId::derived("杭州智联科技"), held.then_some(person), from_millis(0))
        }
    }

    #[test]
    fn a_customer_stands_where_lead_touches_briefs_or_contract_have_got_it() {
        let config = Config::builtin();
        let steps = |touched: &[(&str, Option<&str>)], signed| Steps {
            touched: touched.iter().map(|(action, brief)| ((*action).to_owned(), brief.map(str::to_owned))).collect(),
            signed,
        };
        let held = lead(Stage::Claimed, true);
        let stands = |touched: &[(&str, Option<&str>)], signed| current(config, Some(&held), &steps(touched, signed));
        assert_eq!(stands(&[], false), Stage::Claimed);
        assert_eq!(stands(&[("send_material", None)], false), Stage::FirstTouch);
        assert_eq!(stands(&[("send_material", Some("poc_needed"))], false), Stage::NeedConfirmed);
        assert_eq!(stands(&[("quote", None), ("send_material", None)], false), Stage::Quoted);
        assert_eq!(stands(&[("quote", None)], true), Stage::Signed);
        let corrected = lead(Stage::NeedConfirmed, true);
        assert_eq!(current(config, Some(&corrected), &steps(&[], false)), Stage::NeedConfirmed);
        let free = lead(Stage::Offered, false);
        assert_eq!(current(config, Some(&free), &steps(&[("quote", None)], false)), Stage::Offered);
        assert_eq!(current(config, None, &Steps::default()), Stage::Claimed);
    }
}
