//! Both languages, for texts, errors and help.

use crate::phone::Phone;

const COMMANDS: &[&str] = &[
    "init",
    "customer add",
    "customer list",
    "customer show",
    "customer set",
    "lead add",
    "lead list",
    "lead show",
    "lead claim",
    "lead release",
    "lead assign",
    "lead stage",
    "lead invalid",
    "quote list",
    "quote approve",
    "quote reject",
    "contract list",
    "contract show",
    "contract set",
    "contract sign",
    "order list",
    "order show",
    "order schedule",
    "order need",
    "order take",
    "order done",
    "meeting list",
    "meeting show",
    "meeting move",
    "meeting answer",
    "touch",
    "photo",
    "voice",
    "home",
    "report",
    "task list",
    "task done",
    "config show",
    "config versions",
    "config check",
    "config dry-run",
    "config publish",
    "config option add",
    "config option retire",
    "config option split",
    "config rule add",
    "config rule off",
    "config rule on",
    "config rule remove",
    "config form add",
    "config formula",
    "sync",
    "status",
    "redo",
    "export proof",
    "verify",
    "doctor",
];

#[test]
fn every_command_explains_itself_with_an_example() {
    for (locale, example) in [("zh_CN.UTF-8", "例如："), ("en_GB.UTF-8", "Example:")] {
        let phone = Phone::empty().speaking(locale);
        for command in COMMANDS {
            let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            let ran = phone.run(&words);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
            assert!(ran.out.contains(&format!("{example}\n  chuda {command}")), "{command}: {}", ran.out);
        }
    }
}

#[test]
fn help_is_in_one_language() {
    let zh = Phone::empty().run(&["touch", "--help"]).out;
    assert!(zh.starts_with("记一条触达") && zh.contains("意向等级") && !zh.contains("Intent level"), "{zh}");
    let en = Phone::empty().run(&["touch", "--help", "--lang", "en"]).out;
    assert!(en.starts_with("Record a touch") && en.contains("Intent level") && !en.contains("意向等级"), "{en}");
}

#[test]
fn texts_and_errors_follow_the_locale_and_the_option_comes_first() {
    let phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技"]);
    assert!(phone.run(&["home"]).out.contains("今日日报"));
    assert!(phone.run(&["home", "--lang", "en"]).out.contains("Today's report"));
    let phone = phone.speaking("en_US.UTF-8");
    assert!(phone.run(&["home"]).out.contains("Today's report"));
    assert!(phone.run(&["report"]).err.contains("Travelling"));
    assert!(phone.run(&["report", "--lang", "zh"]).err.contains("外出路途"));
}

#[test]
fn json_is_the_same_in_every_language() {
    let phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技"]);
    let list = |language| phone.json(&["customer", "list", "--lang", language]);
    assert_eq!(list("en"), list("zh"));
    assert_eq!(list("en")["customers"][0]["stage"]["label"], "认领");
}
