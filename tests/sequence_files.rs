//! The miners of sequences on plain files: forms of files, items and categories that are asked for, and how they end.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use crate::program::{Gave, artifacts, call, patron, query, run_into};
use crate::small_shop;

/// Writes a file and gives its path.
fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn good(gave: Gave) -> String {
    assert_eq!(gave.code, 0, "{}", gave.err);
    gave.out
}

/// Two customers with milk, then bread, then milk again, the first with a pen beside it, and one with a pen alone.
const LONG: &str = "customer,time,item\nann,2024-01-01 08:00,milk\nann,2024-01-01 09:00,pen\nann,2024-01-05,bread\n\
                    ann,2024-01-09,milk\nbob,2024-02-01,milk\nbob,2024-02-03,bread\nbob,2024-02-20,milk\ncid,2024-01-01,pen\n";

const CATEGORIES: &str = "item,category\nmilk,dairy\ndairy,food\nbread,food\npen,writing\n";

#[test]
fn item_constraints_choose_among_patterns() {
    let folder = tempfile::tempdir().expect("a folder");
    let (long, categories) = (file(folder.path(), "long.csv", LONG), file(folder.path(), "tree.csv", CATEGORIES));
    let mined = |more: &[&str]| {
        good(call(&[&["mine", "sequences", &long, "-s", "2", "--style", "fimi", "--quiet"], more].concat()))
    };
    let lines = |more: &[&str]| mined(more).lines().map(str::to_owned).collect::<Vec<_>>();
    let all = [
        "bread (2)",
        "bread > milk (2)",
        "milk (2)",
        "milk > bread (2)",
        "milk > bread > milk (2)",
        "milk > milk (2)",
        "pen (2)",
    ];
    assert_eq!(lines(&[]), all);
    let guess = good(call(&["mine", "sequences", &long, "-s", "2", "--estimate"]));
    assert!(guess.starts_with("about 7 frequent sequences, likely from "), "{guess}");
    // What chooses afterwards is no part of the guess, which says so.
    let chosen = ["--kind", "closed", "--min-len", "2", "--contains", "bread"];
    let guess = good(call(&[&["mine", "sequences", &long, "-s", "2", "--estimate"], &chosen[..]].concat()));
    let said = "about 7 frequent sequences to choose from by --kind, --min-len, --contains, likely from ";
    assert!(guess.starts_with(said), "{guess}");
    assert_eq!(lines(&["--contains", "bread", "--min-elements", "2"]), [all[1], all[3], all[4]]);
    assert_eq!(lines(&["--begins-with", "bread"]), [all[0], all[1]]);
    assert_eq!(lines(&["--ends-with", "bread", "--ends-with", "pen"]), [all[0], all[3], all[6]]);
    assert_eq!(lines(&["--only", "milk"]), [all[2], all[5]]);
    assert_eq!(lines(&["--leave-out", "milk"]), [all[0], all[6]]);
    assert_eq!(lines(&["--max-elements", "1"]), [all[0], all[2], all[6]]);
    assert_eq!(lines(&["--until", "2024-02-10", "--min-elements", "2"]), [all[3]]);
    // Categories stand for their items in constraints, and roll items up.
    let with = |more: &[&str]| lines(&[&["--categories", &categories], more].concat());
    assert_eq!(with(&["--only", "food", "--begins-with", "dairy"]), [all[2], all[3], all[4], all[5]]);
    assert_eq!(with(&["--leave-out", "food"]), [all[6]]);
    assert_eq!(with(&["--level", "category", "--contains", "food", "--kind", "maximal"]), ["food > food > food (2)"]);
    assert_eq!(with(&["--level", "parent", "--kind", "maximal"]), ["dairy > food > dairy (2)", "writing (2)"]);
    let both = with(&["--level", "both", "--max-elements", "1"]);
    assert!(
        both.contains(&"dairy (2)".to_owned())
            && !both.iter().any(|line| line.contains(' ') && line.contains("milk dairy")),
        "{both:?}"
    );
    // Rules have no item beside its own category, and take the same items and times.
    let rules = |more: &[&str]| {
        good(call(&[&["mine", "sequence-rules", &long, "-s", "2", "--style", "fimi", "--quiet"], more].concat()))
    };
    assert_eq!(rules(&[]), "bread => milk (2)\nmilk => bread (2)\n");
    assert_eq!(rules(&["--leave-out", "bread"]), "");
    assert_eq!(rules(&["--until", "2024-02-10"]), "milk => bread (2)\n");
    let both = rules(&["--categories", &categories, "--level", "both"]);
    assert!(
        both.contains("milk => bread (2)\n") && !both.contains("milk => dairy") && !both.contains("bread => food"),
        "{both}"
    );
}

#[test]
fn distances_in_orders_count_orders_of_which_nothing_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), "long.txt", "a -1 x -1 b -1 -2\na -1 x -1 b -1 -2\n");
    let tree = file(folder.path(), "tree.csv", "a,A\nb,B\nx,X\n");
    let mined = |command: &str, more: &[&str]| {
        good(call(&[&["mine", command, &path, "-s", "2", "--style", "fimi", "--quiet"], more].concat()))
    };
    for left_out in [&[][..], &["--leave-out", "x"], &["--only", "a", "--only", "b"]] {
        for (level, follows) in [("item", "a > b (2)\n"), ("category", "A > B (2)\n")] {
            let more = [left_out, &["--categories", &tree, "--level", level]].concat();
            let near = mined("sequences", &[&more[..], &["--max-gap", "1o"]].concat());
            assert!(!near.contains(follows), "{more:?}: {near}");
            let far = mined("sequences", &[&more[..], &["--max-gap", "2o"]].concat());
            assert!(far.contains(follows), "{more:?}: {far}");
        }
        let window = |orders| mined("sequence-rules", &[left_out, &["--window", orders]].concat());
        assert!(!window("1o").contains("a => b (2)\n") && window("2o").contains("a => b (2)\n"), "{left_out:?}");
    }
}

#[test]
fn what_stands_behind_a_date_is_a_time_or_the_line_is_set_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let behind = [" 08:00:00+01:00", " - 2024-01-07", " Zebra", " -garbage", " 08:00-x"];
    let lines: String = behind.iter().map(|behind| format!("ann,2024-01-05{behind},milk\n")).collect();
    let long = file(folder.path(), "long.csv", &format!("customer,time,item\n{lines}"));
    let gave = call(&["mine", "sequences", &long, "-s", "1", "--style", "fimi"]);
    assert_eq!((gave.code, &*gave.out), (0, "milk (1)\n"), "{}", gave.err);
    assert!(gave.err.starts_with("4 lines set aside; line 3: the time is neither a date"), "{}", gave.err);
    let gave = call(&["mine", "sequences", &long, "-s", "1", "--until", "2024-01-06 - 2024-01-08"]);
    assert!(gave.code == 2 && gave.err.contains("a date such as"), "{} {}", gave.code, gave.err);
}

#[test]
fn times_are_days_unless_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = file(folder.path(), "long.csv", LONG);
    let mined = |more: &[&str]| {
        good(call(
            &[&["mine", "sequences", &long, "-s", "1", "--contains", "pen", "--style", "fimi", "--quiet"], more]
                .concat(),
        ))
    };
    assert!(mined(&[]).contains("milk pen > bread (1)") && !mined(&[]).contains("milk > pen"));
    let by_time = mined(&["--element", "time"]);
    assert!(by_time.contains("milk > pen > bread (1)") && !by_time.contains("milk pen"), "{by_time}");
}

#[test]
fn parquet_is_mined_as_a_long_csv_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert!(artifacts(folder.path()).iter().any(|(name, _)| name.starts_with("orders/")));
    let query = |columns: &str, format: &str| {
        let sql = format!("SELECT {columns} FROM orders WHERE customer IS NOT NULL ORDER BY customer, time, item");
        query(&pipeline, folder.path(), &sql, format)
    };
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let columns = "customer, CAST(time AS DATE) AS day, item";
    let (parquet, csv) = (write("a.parquet", &query(columns, "parquet")), write("a.csv", &query(columns, "csv")));
    let turned = write("b.parquet", &query("item, customer, 2 AS worth, time", "parquet"));
    for (command, more) in
        [("sequences", &["--max-gap", "40d", "--max-len", "3"][..]), ("sequence-rules", &["-c", "0.1"])]
    {
        let of_support = |support: &str, path: &str, also: &[&str]| {
            good(call(&[&["mine", command, path, "-s", support, "--quiet"], more, also].concat()))
        };
        let mined = |path: &str, also: &[&str]| of_support("5", path, also);
        let expected = mined(&csv, &[]);
        assert!(expected.lines().count() > 1, "{expected}");
        assert_eq!(mined(&parquet, &[]), expected);
        let named = ["--customer-column", "customer", "--time-column", "time", "--item-column", "item"];
        assert_eq!(mined(&turned, &named), expected);
        // Weights of 2 double each support, so that half as many customers do.
        let weighted = of_support("10", &turned, &[&named[..], &["--weight-column", "worth"]].concat());
        assert_eq!(weighted.lines().count(), expected.lines().count(), "{weighted}");
        assert_ne!(weighted, expected);
    }
    for (path, more, code, says) in [
        (&parquet, &["--item-column", "article"][..], 1, "has no column `article`"),
        (&csv, &["--format", "parquet"], 1, "Invalid Parquet file"),
        (&parquet, &["--time-column", "item"], 0, " lines set aside; line 1: the time is neither a date"),
    ] {
        let gave = call(&[&["mine", "sequences", path, "-s", "1"], more].concat());
        assert!(gave.code == code && gave.err.contains(says), "{} {}", gave.code, gave.err);
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = file(folder.path(), "categories.csv", CATEGORIES);
    let (long, circle) =
        (file(folder.path(), "long.csv", LONG), file(folder.path(), "tree.csv", "milk,food\nfood,milk\n"));
    for (more, says) in [
        (&["--contains", "mlik"][..], "did you mean `milk`?"),
        (&["--only", "food"], "no item `food`"),
        (&["--contains", "milk", "--categories", &tree, "--level", "category"], "name `food`"),
        (&["--contains", "dairy", "--categories", &tree, "--level", "category"], "name `food`"),
        (&["--contains", "milk", "--categories", &tree, "--level", "parent"], "name `dairy`"),
        (&["--level", "both"], "--categories"),
        (&["--categories", &circle, "--level", "alone"], "no level `alone`"),
        (&["--categories", &circle], "among its own categories"),
        (&["--element", "week"], "no element `week`"),
        (&["--until", "soon"], "a date such as"),
        (&["--format", "long"], "no format `long`"),
        (&["--seconds", "nan"], "a number of seconds"),
        (&["--seconds", "inf"], "a number of seconds"),
        (&["--seconds=-1"], "a number of seconds"),
        (&["--seconds", "1e300"], "a number of seconds"),
    ] {
        for command in ["sequences", "sequence-rules"].into_iter().take(if more[0] == "--contains" { 1 } else { 2 }) {
            let gave = call(&[&["mine", command, &long, "-s", "1"], more].concat());
            assert!(
                [1, 2].contains(&gave.code) && gave.err.contains(says),
                "{command} {more:?}: {} {}",
                gave.code,
                gave.err
            );
            assert!(!gave.err.contains("panicked"), "{}", gave.err);
        }
    }
}

/// Customers who buy sixty items each, one a day, in orders of their own: more rules and sequences than a pipe holds.
fn many() -> String {
    let line = |customer: usize| {
        (0..60).map(|at| format!("{} -1 ", (at * (customer * 2 + 1)) % 61)).collect::<String>() + "-2\n"
    };
    (0..12).map(line).collect()
}

#[test]
fn a_reader_that_goes_away_is_no_problem_and_a_full_disk_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), "many.txt", &many());
    for more in [
        &["sequences", &path, "-s", "3", "--max-len", "4"][..],
        &["sequence-rules", &path, "-s", "3", "-c", "0.1", "--max-left", "1", "--max-right", "1"],
    ] {
        let mut child =
            patron().arg("mine").args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut out = child.stdout.take().expect("a pipe");
        let mut first = [0; 16];
        out.read_exact(&mut first).expect("some lines");
        drop(out);
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert!(child.wait().expect("it ends").success() && !said.contains("error"), "{more:?}: {said}");
        if Path::new("/dev/full").exists() {
            let gave = call(&[&["mine"], more, &["-o", "/dev/full"]].concat());
            assert!(gave.code == 1 && gave.err.contains("file-trouble"), "{more:?}: {} {}", gave.code, gave.err);
        }
    }
}

#[test]
fn rules_over_budget_or_time_are_none() {
    let help = good(call(&["mine", "sequence-rules", "--help"])).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!help.contains("Stop after this many patterns") && help.contains("none are written"), "{help}");
    assert!(help.contains("what is not done by then writes no rules"), "{help}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), "many.txt", &many());
    let gave = call(&["mine", "sequence-rules", &path, "-s", "2", "-c", "0", "--budget", "5000"]);
    assert!(
        gave.code == 1 && gave.out.is_empty() && gave.err.contains("more than 5000 rules"),
        "{} {}",
        gave.code,
        gave.err
    );
    let gave = call(&["mine", "sequence-rules", &path, "-s", "2", "-c", "0", "--seconds", "0.2"]);
    assert!(
        gave.code == 1 && gave.out.is_empty() && gave.err.contains("none are written"),
        "{} {}",
        gave.code,
        gave.err
    );
}
