//! `brownfield rules`: the list, or one rule explained.

use super::arguments::{Rules, RulesFormat};
use super::failure::Failure;
use super::output;
use crate::checks::{self, Rule};
use crate::render;

pub(super) fn run(options: &Rules) -> Result<(), Failure> {
    let text = match (&options.id, options.format) {
        (None, RulesFormat::Text) => render::rules::list(checks::all()),
        (None, RulesFormat::Markdown) => render::rules::page(checks::all()),
        (Some(id), _) => render::rules::explain(find(id)?),
    };
    output::standard_output(text.as_bytes())
}

/// The rule of this id, or an error that names the nearest ones.
pub(super) fn find(id: &str) -> Result<&'static Rule, Failure> {
    checks::find(id).ok_or_else(|| {
        let words: Vec<_> = id.split('-').filter(|word| word.len() > 2).collect();
        let near: Vec<_> = checks::all()
            .iter()
            .map(|rule| rule.id)
            .filter(|known| words.iter().any(|word| known.contains(word)))
            .take(5)
            .collect();
        let hint = if near.is_empty() {
            "`brownfield rules` lists them".to_owned()
        } else {
            format!("did you mean {}? `brownfield rules` lists them", near.join(", "))
        };
        Failure::usage(format!("there is no rule `{id}`"), hint)
    })
}
