//! Customers found with the real binary: responses of a trial, look-alikes of a list, what is set aside, the same bytes in any order, and the
//! model of responses from one run to the next.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::numeric::math::logistic;
use patron::numeric::random::stream;
use rand::RngExt;
use serde_json::Value;

use crate::program::{Gave, artifacts, ask, notes, patron, run, run_into, step};

const PIPELINE: &str = r#"
[run]
name = "response"

[stage.raw]
kind = "ingest"
paths = ["DATA/people.csv"]

[stage.people]
kind = "sql"
inputs = ["raw"]
query = "SELECT customer, CAST(age AS DOUBLE) AS age, CAST(orders AS DOUBLE) AS orders, city, CAST(seconds AS DOUBLE) AS seconds FROM raw ORDER BY customer ORDER_OF_ROWS"
columns = { customer = "text", age = "number", orders = "number", city = "text", seconds = "number" }

[stage.mailing]
kind = "ingest"
paths = ["DATA/mailing.csv"]

[stage.found]
kind = "find-customers"
features = "people"
SETTINGS

[stage.list]
kind = "select-targets"
scores = "found"
top = 50
control = 0.1

[stage.report]
kind = "report"
"#;

/// People with a planted chance to respond, and a mailing to the first 700 of them with 100 control rows, 20 without an outcome and 3 to
/// nobody who is known. How many seconds was talked is written after the answer.
fn write(folder: &Path, settings: &str, order: &str) -> PathBuf {
    let mut random = stream(17, "response");
    let mut people = String::from("customer,age,orders,city,seconds\n");
    let mut answers = Vec::new();
    for person in 0..1500 {
        let (age, orders) = (random.random_range(20..80), random.random_range(0..9));
        let chance = logistic(-4.0 + 0.045 * f64::from(age) + 0.25 * f64::from(orders));
        let responds = random.random::<f64>() < chance;
        let seconds = random.random_range(0..120) + if responds { 80 } else { 0 };
        writeln!(people, "p{person:04},{age},{orders},{},{seconds}", ["Bonn", "Kyoto", "Lima"][person % 3])
            .expect("memory");
        answers.push(responds);
    }
    std::fs::write(folder.join("people.csv"), people).expect("written");
    mail(folder, &answers[..700]);
    let answers: String = answers.iter().map(|answer| if *answer { '1' } else { '0' }).collect();
    std::fs::write(folder.join("answers.txt"), answers).expect("written");
    let pipeline = folder.join("response.toml");
    let text = PIPELINE.replace("SETTINGS", settings).replace("ORDER_OF_ROWS", order);
    std::fs::write(&pipeline, text.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

/// A mailing to the first persons with what they answer.
fn mail(folder: &Path, answers: &[bool]) {
    let mut mailing = String::from("customer,arm,answer\n");
    for (person, responds) in answers.iter().enumerate() {
        let answer = if *responds { "yes" } else { "no" };
        match person {
            0..100 => writeln!(mailing, "p{person:04},control,no"),
            100..120 => writeln!(mailing, "p{person:04},contacted,"),
            _ => writeln!(mailing, "p{person:04},contacted,{answer}"),
        }
        .expect("memory");
    }
    for stranger in 0..3 {
        writeln!(mailing, "x{stranger},contacted,no").expect("memory");
    }
    std::fs::write(folder.join("mailing.csv"), mailing).expect("written");
}

/// What everybody would answer.
fn answers(folder: &Path) -> Vec<bool> {
    let text = std::fs::read_to_string(folder.join("answers.txt")).expect("written before");
    text.chars().map(|answer| answer == '1').collect()
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet", "--as-of", "2025-06-01"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

const TRIAL: &str = r#"trial = "mailing"
outcome = "answer"
arm = "arm"
margin = 20
cost = 5
exclude = ["seconds"]"#;

#[test]
fn candidates_of_a_trial_are_scored_priced_and_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), TRIAL, "");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    // Everybody who was not in the trial, control rows and rows without an outcome included, and nobody else.
    assert_eq!(asked("SELECT count(*), count(DISTINCT customer), min(customer) FROM found"), "800,800,p0700");
    assert_eq!(asked("SELECT DISTINCT claim FROM found"), "response");
    let sound = "SELECT count(*) FROM found WHERE low <= score AND score <= high AND low >= 0 AND high <= 1 AND abs(expected_profit - (20 * score - 5)) < 1e-9 AND similarity IS NULL";
    assert_eq!(asked(sound), "800");
    // The planted slope: the old who order often respond more often than the young who do not.
    let slope = "SELECT (SELECT avg(score) FROM found JOIN people USING (customer) WHERE age > 60 AND orders > 5) > 3 * (SELECT avg(score) FROM found JOIN people USING (customer) WHERE age < 40 AND orders < 4)";
    assert_eq!(asked(slope), "true");
    assert_eq!(asked("SELECT count(reason_1) > 400 FROM found"), "true");
    let said = notes(folder.path(), "found");
    for words in [
        "3 of 703 rows of `mailing` name nobody in the table of features and are set aside",
        "100 of 703 rows of `mailing` are control rows and are set aside: nobody contacted them",
        "20 of 703 rows of `mailing` have no outcome and are set aside",
        "of 580 contacted persons responded",
        "they do not say what the contact changes",
        "candidates are expected to bring more than the contact costs",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("uplift") && !said.contains("`seconds`"), "{said}");
    // Models stand beside both baselines, the depth that pays is marked, and the plan says what this trial can tell.
    let models = asked("SELECT DISTINCT model FROM found_judged ORDER BY model");
    assert!(models.contains("base rate") && models.contains("best single column"), "{models}");
    assert_eq!(asked("SELECT count(*) FROM found_judged WHERE reported AND measure = 'ROC AUC' AND low > 0.6"), "1");
    let best = "SELECT count(*), bool_and(low <= profit AND profit <= high AND contacts = round(share * 580)) FROM found_depth WHERE best";
    assert_eq!(
        asked(best),
        "1,true",
        "{}",
        asked("SELECT share, contacts, profit, low, high FROM found_depth WHERE best")
    );
    assert_eq!(asked("SELECT question, contacts FROM found_plan WHERE made ORDER BY question"), "ranking,580 rate,580");
    // The table is what a list is made from.
    assert_eq!(asked("SELECT count(*) FROM list"), "50");
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for words in ["Who is found at which depth", "Profit by depth", "How large a trial must be"] {
        assert!(report.contains(words), "{words}");
    }
}

#[test]
fn a_column_that_is_known_only_afterwards_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), &TRIAL.replace("exclude = [\"seconds\"]", ""), "");
    ran(&pipeline, folder.path(), &[]);
    let said = notes(folder.path(), "found");
    assert!(
        said.contains("`seconds` alone ranks persons") && said.contains("as if it were known only after"),
        "{said}"
    );
}

#[test]
fn bytes_do_not_depend_on_threads_or_the_order_of_rows() {
    let one = tempfile::tempdir().expect("a folder");
    let pipeline = write(one.path(), TRIAL, "");
    ran(&pipeline, one.path(), &["--threads", "1"]);
    let two = tempfile::tempdir().expect("a folder");
    let pipeline = write(two.path(), TRIAL, "DESC");
    ran(&pipeline, two.path(), &["--threads", "2"]);
    let of = |folder: &Path| {
        let mut all = artifacts(folder);
        // The card names the digests of the tables that the model learned from, and these have another order.
        all.retain(|(place, _)| place.starts_with("found/") && place != "found/card.json");
        all
    };
    assert_eq!(of(one.path()), of(two.path()));
    assert!(of(one.path()).len() >= 4);
}

#[test]
fn look_alikes_of_a_list_are_found_and_held_out_seeds_say_how_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), "seed = \"best\"\nexclude = [\"seconds\"]", "");
    let text = std::fs::read_to_string(&pipeline).expect("written");
    // Half of the old who order often.
    let seeds = r#"
[stage.best]
kind = "sql"
inputs = ["people"]
query = "SELECT customer FROM people WHERE age > 60 AND orders > 5 AND substr(customer, 5, 1) IN ('0', '2', '4', '6', '8') ORDER BY customer"
columns = { customer = "text" }
"#;
    std::fs::write(&pipeline, format!("{text}{seeds}")).expect("written");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    assert_eq!(asked("SELECT DISTINCT claim FROM found"), "look-alike");
    assert_eq!(asked("SELECT count(*) FROM found JOIN best USING (customer)"), "0");
    let sound = "SELECT bool_and(score BETWEEN 0 AND 1 AND low <= score AND score <= high AND similarity > 0 AND similarity <= 1 AND expected_profit IS NULL) FROM found";
    assert_eq!(asked(sound), "true");
    // The other half is at the top.
    let top = "SELECT avg(CASE WHEN age > 60 AND orders > 5 THEN 1.0 ELSE 0.0 END) > 0.8 FROM (SELECT customer FROM found ORDER BY score DESC, customer LIMIT 60) JOIN people USING (customer)";
    assert_eq!(asked(top), "true");
    let held = "SELECT count(*), min(value) > 0.6, count(CASE WHEN chosen THEN 1 END) FROM found_judged WHERE measure = 'held-out seeds in the top tenth'";
    assert_eq!(asked(held), "2,true,1");
    assert_eq!(asked("SELECT count(*) FROM found_depth"), "0");
    let said = notes(folder.path(), "found");
    assert!(said.contains("each held out once") && said.contains("only if the list is a random draw"), "{said}");
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    for (settings, words) in [
        ("", "nothing says whom to look for"),
        ("trial = \"mailing\"\nseed = \"mailing\"", "give `trial` or `seed`, not both"),
        ("seed = \"mailing\"\nmargin = 3", "`margin` needs `trial`"),
        ("trial = \"mailing\"\noutcome = \"answer\"\npositive = \"maybe\"", "0 responded: a model needs both"),
        ("trial = \"mailing\"\noutcome = \"answer\"\ncost = -1", "cost"),
    ] {
        let pipeline = write(folder.path(), settings, "");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-06-01"]);
        assert!(gave.code != 0 && gave.err.contains(words), "{settings}: {} {}", gave.code, gave.err);
    }
}

/// A run of the stage alone.
fn night(pipeline: &Path, folder: &Path, day: &str, more: &[&str]) -> Gave {
    run_into(pipeline, folder, &[&["--quiet", "--select", "found", "--as-of", day][..], more].concat())
}

fn models(action: &str, pipeline: &Path, name: &str, folder: &Path) -> Gave {
    run(patron().args(["models", action]).arg(pipeline).arg(name).arg("--models").arg(folder.join("models")))
}

/// A version by its part.
fn version(folder: &Path, part: &str) -> String {
    let text = std::fs::read_to_string(folder.join("models/found/aliases.json")).expect("a registry");
    let aliases: Value = serde_json::from_str(&text).expect("JSON");
    aliases[part].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_model_stays_while_the_outcomes_are_the_same_and_its_scores_are_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path(), TRIAL, ""), folder.path());
    let good = |day: &str, more: &[&str]| {
        let gave = night(&pipeline, folder, day, more);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let mut outputs = step(folder, "found")["outputs"].clone();
        // The remarks lie there, and they say whether a model was trained or stays.
        outputs.as_object_mut().expect("files").remove("sections.bin");
        (outputs, notes(folder, "found"))
    };
    let (made, said) = good("2025-06-01", &[]);
    let first = version(folder, "champion");
    assert!(!first.is_empty() && !said.contains("stays active"), "{said}");
    let place = folder.join("models/found").join(&first);
    for file in ["model.bin", "card.json", "trial.bin"] {
        let bytes = std::fs::read(place.join(file)).expect("a file of the model");
        assert_eq!(made[file].as_str(), Some(blake3::hash(&bytes).to_hex().as_str()), "{file}");
        assert!(!String::from_utf8_lossy(&bytes).contains("p0200"), "{file} names nobody");
    }
    let listed = models("show", &pipeline, "found", folder);
    assert!(
        listed.code == 0 && listed.out.contains("`answer` is Yes after a contact"),
        "{} {}",
        listed.out,
        listed.err
    );
    // Nothing has changed, and everything is made again: the active model scores, and every byte is the same.
    assert_eq!(good("2025-06-01", &[]).0, made);
    let (again, said) = good("2025-06-01", &["--force"]);
    assert!(said.contains(&format!("version {first} stays active: the outcomes are those of the last")), "{said}");
    assert_eq!(again, made);
    // A year later the trial is the same; what a response brings decides nothing that is learned.
    let text = std::fs::read_to_string(&pipeline).expect("written");
    std::fs::write(&pipeline, text.replace("margin = 20", "margin = 30")).expect("written");
    let (dearer, _) = good("2026-06-01", &[]);
    assert_eq!((version(folder, "champion"), &dearer["model.bin"]), (first.clone(), &made["model.bin"]));
    // A trial whose outcomes are not known yet teaches nothing; the active model scores.
    let mailing = std::fs::read_to_string(folder.join("mailing.csv")).expect("written");
    std::fs::write(folder.join("mailing.csv"), mailing.replace(",yes", ",").replace("contacted,no", "contacted,"))
        .expect("written");
    let (_, said) = good("2026-06-01", &[]);
    assert!(said.contains("only persons whom it did not learn from can judge it; there are 0"), "{said}");
    // Without a column that it needs, a new one is trained.
    std::fs::write(folder.join("mailing.csv"), mailing).expect("written");
    let text = std::fs::read_to_string(&pipeline).expect("written");
    std::fs::write(&pipeline, text.replace(" city,", "").replace("city = \"text\", ", "")).expect("written");
    let (_, said) = good("2026-06-01", &[]);
    assert!(said.contains("was replaced: the data have no column `city` any more"), "{said}");
    assert_ne!(version(folder, "champion"), first);
    assert_eq!(version(folder, "previous"), first);
}

#[test]
fn a_trial_that_teaches_more_gives_the_next_model_when_it_is_due() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path(), TRIAL, ""), folder.path());
    let answers = answers(folder);
    // In the first, small mailing answers were entered for the wrong persons.
    let mut mixed = answers[..220].to_vec();
    mixed[120..].rotate_left(37);
    mail(folder, &mixed);
    assert_eq!(night(&pipeline, folder, "2025-06-01", &[]).code, 0);
    let first = version(folder, "champion");
    mail(folder, &answers[..1200]);
    let gave = night(&pipeline, folder, "2025-06-11", &[]);
    let said = notes(folder, "found");
    assert!(gave.code == 0 && said.contains("the last training is 10 days old"), "{} {said}", gave.err);
    assert!(said.contains("whom version") && said.contains("had not learned from"), "{said}");
    assert_eq!(version(folder, "champion"), first);
    let gave = night(&pipeline, folder, "2025-07-15", &[]);
    let said = notes(folder, "found");
    assert!(gave.code == 0 && said.contains("the new model becomes active"), "{} {said}", gave.err);
    assert!(said.contains("on the 980 persons of the trial whom neither model had learned from"), "{said}");
    assert_ne!(version(folder, "champion"), first);
    assert_eq!(version(folder, "previous"), first);
}

#[test]
fn a_trial_with_wrong_outcomes_does_not_win_a_person_may_choose_it_and_damage_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (write(folder.path(), TRIAL, ""), folder.path());
    let mut answers = answers(folder);
    assert_eq!(night(&pipeline, folder, "2025-06-01", &[]).code, 0);
    let first = version(folder, "champion");
    let before = step(folder, "found")["outputs"]["model.bin"].clone();
    // What the first persons answered is entered the wrong way round; further persons were mailed.
    answers[..700].iter_mut().for_each(|answer| *answer = !*answer);
    mail(folder, &answers[..1200]);
    let gave = night(&pipeline, folder, "2025-07-15", &[]);
    assert!(gave.code == 4 && gave.err.contains("it had to win by 0"), "{} {}", gave.code, gave.err);
    assert!(gave.err.contains("on the 500 persons of the trial whom neither model had learned from"), "{}", gave.err);
    assert_eq!(version(folder, "champion"), first);
    assert_eq!(step(folder, "found")["outputs"]["model.bin"], before, "the active model scores");
    let lost = version(folder, "challenger");
    assert!(!lost.is_empty());
    let compared = models("compare", &pipeline, "found", folder);
    assert!(compared.code == 0 && compared.out.contains("ROC AUC"), "{} {}", compared.out, compared.err);

    let gave = models("promote", &pipeline, "found/challenger", folder);
    assert_eq!(gave.code, 0, "{}", gave.err);
    for _ in 0..2 {
        let gave = night(&pipeline, folder, "2025-09-15", &[]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        assert_eq!(version(folder, "champion"), lost);
        assert!(notes(folder, "found").contains(&format!("version {lost} stays active: a person made it active")));
    }

    let trial = folder.join("models/found").join(&lost).join("trial.bin");
    std::fs::write(&trial, "cut short").expect("written");
    let gave = night(&pipeline, folder, "2025-09-15", &[]);
    assert!(gave.code == 0 && gave.err.contains("restored from the store"), "{} {}", gave.code, gave.err);
    std::fs::write(&trial, "cut short").expect("written");
    std::fs::remove_dir_all(folder.join("out/store")).expect("removed");
    let gave = night(&pipeline, folder, "2025-09-15", &[]);
    assert!(gave.code == 1 && gave.err.contains("bad-model"), "{} {}", gave.code, gave.err);
}
