//! Whom lists hold: keys in any spelling, consent, dirty contacts, customers who are there twice, lists that jump.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::program::{Gave, ask, demo_run, notes, order_stages, patron, root, run, step};

/// A folder with the files of a case.
fn case(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(root().join("tests/cases").join(name)).expect("the case") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    folder
}

/// A run of a pipeline in its folder.
fn run_in(folder: &Path, pipeline: &str, more: &[&str]) -> Gave {
    let mut command = patron();
    command.current_dir(folder).args(["run", pipeline, "--quiet", "--out", "out", "--models", "models"]);
    run(command.args(more))
}

/// A pipeline file changed by replacing texts that must be there.
fn edited(folder: &Path, pipeline: &str, changes: &[(&str, &str)]) {
    let path = folder.join(pipeline);
    let mut text = fs::read_to_string(&path).expect("a pipeline");
    for (from, to) in changes {
        assert!(text.contains(from), "{pipeline} has no {from}");
        text = text.replace(from, to);
    }
    fs::write(path, text).expect("written");
}

/// Rows of a CSV file by their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().from_path(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let header = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    reader.records().map(|record| row(record.expect("a record"))).collect()
}

/// The column of a CSV file.
fn column(path: &Path, name: &str) -> Vec<String> {
    rows(path).into_iter().map(|row| row[name].clone()).collect()
}

/// Every file below a folder, links followed, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).expect("a file"));
        }
    }
    all
}

const LAWFUL: (&str, &str) =
    ("contacts        = \"customers\"", "contacts        = \"customers\"\nlawful_basis    = \"news about an order\"");

#[test]
fn case_24_import_files_from_dirty_contacts() {
    let folder = case("24-import-files-with-dirty-contacts");
    let gave = run_in(folder.path(), "pipeline.toml", &[]);
    assert_eq!(gave.code, 2, "addresses leave the house, and nothing says why that is lawful: {}", gave.err);
    assert!(gave.err.contains("lawful_basis") && gave.err.contains("consent = {"), "{}", gave.err);
    edited(folder.path(), "pipeline.toml", &[LAWFUL]);
    let gave = run_in(folder.path(), "pipeline.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let list = folder.path().join("out/lists/best");
    let expected: BTreeMap<&str, (&str, &str)> = BTreeMap::from([
        ("K11", ("fay@example.com", "+15550100001")),
        ("K12", ("gio@example.com", "+39066982")),
        ("K13", ("hal@example.com", "+447700900128")),
        ("K15", ("", "+447700900129")),
        ("K16", ("kay@example.com", "+447700900130")),
        ("K17", ("lou@xn--mller-kva.example", "+447700900131")),
        ("K18", ("", "+447700900132")),
        ("K2", ("ANN@example.com", "+442079460018")),
        ("K3", ("", "+442079460019")),
        ("K4", ("jörg@müller.example", "+4930901820")),
        ("K5", ("", "+447700900123")),
        ("K6", ("", "+447700900124")),
        ("K7", ("", "+447700900125")),
        ("K8", ("=1+1@example.com", "+447700900126")),
        ("K10", ("info@example.com", "+15550100000")),
    ]);
    for (file, id, email, phone) in [
        ("best.klaviyo.csv", "customer", "Email", "Phone Number"),
        ("best.mailchimp.csv", "customer", "Email Address", "SMS Phone Number"),
    ] {
        let got: BTreeMap<String, (String, String)> = rows(&list.join(file))
            .into_iter()
            .map(|row| (row[id].clone(), (row[email].clone(), row[phone].clone())))
            .collect();
        for (customer, (address, number)) in &expected {
            // Mailchimp takes no accents before the @.
            let address = if *customer == "K4" && file.contains("mailchimp") { "" } else { *address };
            assert_eq!(got[*customer], (address.to_owned(), (*number).to_owned()), "{customer} in {file}");
        }
        // K1 is K2 in another letter case; K9 has an extension and no address; K14's number is a spreadsheet's.
        assert_eq!(got.len(), expected.len(), "{got:?}");
    }
    let hubspot = rows(&list.join("best.hubspot.csv"));
    assert!(hubspot.iter().all(|row| row["Phone Number"].is_empty() || row["Phone Number"].starts_with('+')));
    let braze: BTreeMap<String, String> = rows(&list.join("best.braze.csv"))
        .into_iter()
        .map(|row| (row["external_id"].clone(), row["phone"].clone()))
        .collect();
    assert_eq!((braze["K9"].as_str(), braze["K14"].as_str(), braze["K12"].as_str()), ("", "", "+39066982"));

    // What is no possible number is never hashed, what is one is hashed in its one form.
    let hash = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let google: BTreeSet<String> = column(&list.join("best.google-customer-match.csv"), "Phone").into_iter().collect();
    let meta: BTreeSet<String> = column(&list.join("best.meta.csv"), "phone").into_iter().collect();
    let numbers: BTreeSet<&str> = expected.values().map(|(_, number)| *number).collect();
    let with_nothing =
        |hashes: BTreeSet<String>| hashes.into_iter().chain([String::new()]).collect::<BTreeSet<String>>();
    assert_eq!(with_nothing(google), with_nothing(numbers.iter().map(|number| hash(number)).collect()));
    assert_eq!(with_nothing(meta), with_nothing(numbers.iter().map(|number| hash(&number[1..])).collect()));

    // In files that people open nothing can be a formula; the note says where.
    let plain = rows(&list.join("best.csv"));
    let k8 = plain.iter().find(|row| row["customer"] == "K8").expect("K8");
    assert_eq!((k8["email"].as_str(), k8["phone"].as_str()), ("'=1+1@example.com", "+447700900126"));
    assert!(plain.iter().flat_map(BTreeMap::values).all(|cell| !cell.starts_with(['=', '@', '\t', '\r'])));
    let told = notes(folder.path(), "best_list");
    for words in
        ["csv: values that a spreadsheet would take for a formula", "klaviyo: ", "bad-phone", "bad-email", "duplicate"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    for private in ["jörg", "900124", "7946"] {
        assert!(!told.contains(private), "{private} in {told}");
    }
    let manifest = fs::read_to_string(list.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["lawful_basis"], "news about an order");
}

const CONSENT: (&str, &str) = ("control = 0", "control = 0\nconsent = { from = \"customers\", email = \"consent\" }");

#[test]
fn case_34_one_customer_twice() {
    let folder = case("34-one-customer-twice-in-the-crm");
    let out = folder.path();
    for pipeline in ["pipeline-contacts.toml", "pipeline-with.toml", "pipeline-with-text.toml"] {
        assert_eq!(run_in(out, pipeline, &[]).code, 2, "{pipeline} does not say why it is lawful");
    }
    // With consent the answer that forbids wins.
    edited(out, "pipeline-contacts.toml", &[CONSENT]);
    let gave = run_in(out, "pipeline-contacts.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let pipeline = out.join("pipeline-contacts.toml");
    let listed =
        |file: &str| column(&out.join("out/lists/best").join(file), "customer").into_iter().collect::<BTreeSet<_>>();
    let all_but_k2: BTreeSet<String> = ["K1", "K3", "K4", "K5", "K6", "K7", "K8"].map(str::to_owned).into();
    assert_eq!((listed("best.csv"), listed("best.klaviyo.csv")), (all_but_k2.clone(), all_but_k2.clone()));
    assert_eq!(ask(&pipeline, out, "SELECT outcome FROM best_audit WHERE customer = 'K2'"), ["no-consent"]);
    assert!(notes(out, "best").contains("1 persons have several answers"), "{}", notes(out, "best"));
    assert_eq!(step(out, "best")["metrics"]["consent_repeated"], 2.0);
    // No order of rows decides.
    let before = files(&out.join("out/lists/best"));
    let text = fs::read_to_string(out.join("customers.csv")).expect("customers");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    fs::write(out.join("customers.csv"), lines.join("\n") + "\n").expect("written");
    assert_eq!(run_in(out, "pipeline-contacts.toml", &[]).code, 0);
    assert_eq!(files(&out.join("out/lists/best")), before);

    // Without consent, an address that two rows give differently is nobody's.
    let folder = case("34-one-customer-twice-in-the-crm");
    let out = folder.path();
    edited(out, "pipeline-contacts.toml", &[LAWFUL]);
    assert_eq!(run_in(out, "pipeline-contacts.toml", &[]).code, 0);
    let file = out.join("out/lists/best/best.csv");
    assert_eq!(column(&file, "customer").into_iter().collect::<BTreeSet<_>>(), all_but_k2);
    assert!(notes(out, "best_list").contains("contact-ambiguous"), "{}", notes(out, "best_list"));
    assert_eq!(step(out, "best_list")["metrics"]["contact_ambiguous"], 1.0);

    // A condition over a table with K2 twice holds only if it holds for both rows.
    let folder = case("34-one-customer-twice-in-the-crm");
    let out = folder.path();
    edited(out, "pipeline-with-text.toml", &[LAWFUL]);
    assert_eq!(run_in(out, "pipeline-with-text.toml", &[]).code, 0);
    let file = out.join("out/lists/best/best.csv");
    assert_eq!(column(&file, "customer").into_iter().collect::<BTreeSet<_>>(), all_but_k2);
    assert!(notes(out, "best").contains("`customers` has several rows of some persons"), "{}", notes(out, "best"));
    let folder = case("34-one-customer-twice-in-the-crm");
    let out = folder.path();
    edited(out, "pipeline-with.toml", &[LAWFUL]);
    let gave = run_in(out, "pipeline-with.toml", &[]);
    assert!(gave.code != 0 && !gave.err.contains("coercion"), "{} {}", gave.code, gave.err);
    assert!(gave.err.contains("the column `consent` of `customers` holds text"), "{}", gave.err);
    assert!(gave.err.contains("consent = 'yes'"), "{}", gave.err);
}

#[test]
fn the_demo_shop_writes_to_nobody_who_said_no_or_objected() {
    let folder = demo_run();
    let data = root().join("datasets/demo-shop");
    let said_no: BTreeSet<String> = rows(&data.join("customers.csv"))
        .into_iter()
        .filter(|row| row["consent"] != "yes")
        .map(|row| row["customer_id"].clone())
        .collect();
    let objected: BTreeSet<String> = column(&data.join("suppressions.csv"), "customer_id").into_iter().collect();
    assert!(said_no.len() > 20 && objected.len() > 5);
    let mut listed = 0;
    for list in ["win_back", "cross_sell", "follow_up"] {
        let customers = column(&folder.join(format!("out/lists/{list}/{list}.csv")), "customer");
        listed += customers.len();
        for customer in customers {
            assert!(!said_no.contains(&customer) && !objected.contains(&customer), "{customer} is in {list}");
        }
    }
    assert!(listed > 100, "{listed}");
    let pipeline = root().join("pipelines/demo-shop.toml");
    let kept = ask(&pipeline, folder, "SELECT count(*) FROM win_back_audit WHERE outcome = 'no-consent'");
    assert!(kept[0].parse::<u64>().expect("a count") > 0);
}

/// A small pipeline over the demo shop's orders, customers and suppressions, which are beside it.
static LISTS: LazyLock<String> = LazyLock::new(|| {
    let stages = order_stages("orders.csv", "snapshots = 0");
    format!("[run]\nas_of = \"latest\"\n\n[vars]\nleast = \"0\"\n{stages}{LIST_STAGES}")
});

const LIST_STAGES: &str = r#"
[stage.customers]
kind = "ingest"
paths = ["customers.csv"]
columns = { customer = "customer_id", email = "email", phone = "phone", consent = "consent", signup = "signup_date" }
types = { phone = "id", customer = "id" }

[stage.suppressions]
kind = "ingest"
paths = ["suppressions.csv"]
columns = { customer = "customer_id", reason = "reason", since = "since" }
types = { customer = "id" }

[stage.best]
kind = "select-targets"
scores = "features"
rank_by = "money_365d"
where = "money_365d >= ${var:least}"
control = 0
max_change = 3.0
suppression = "suppressions"
suppression_reason = "reason"

[stage.best_list]
kind = "deliver"
targets = "best"
"#;

/// The demo shop's files with the pipeline of lists.
fn lists() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["orders.csv", "customers.csv", "suppressions.csv"] {
        fs::copy(root().join("datasets/demo-shop").join(file), folder.path().join(file)).expect("a copy");
    }
    fs::write(folder.path().join("lists.toml"), &*LISTS).expect("written");
    folder
}

fn listed(folder: &Path) -> BTreeSet<String> {
    column(&folder.join("out/lists/best/best.csv"), "customer").into_iter().collect()
}

#[test]
fn whoever_objected_under_any_spelling_is_in_no_list() {
    let folder = lists();
    let out = folder.path();
    let objected = rows(&out.join("suppressions.csv"));
    let ids: BTreeSet<String> = objected.iter().map(|row| row["customer_id"].clone()).collect();
    let emails: BTreeMap<String, String> = rows(&out.join("customers.csv"))
        .into_iter()
        .map(|row| (row["customer_id"].clone(), row["email"].clone()))
        .collect();
    edited(out, "lists.toml", &[("suppression = \"suppressions\"\nsuppression_reason = \"reason\"\n", "")]);
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let all = listed(out);
    let reached = all.intersection(&ids).count();
    assert!(reached > 5, "without suppression {reached} of them are listed");
    fs::write(out.join("lists.toml"), &*LISTS).expect("written");
    let spellings: [(&str, &dyn Fn(&str) -> String); 7] = [
        ("as the list", &|id| id.to_owned()),
        ("as a number", &|id| format!("{id}.0")),
        ("with blanks", &|id| format!("\u{a0}{id} ")),
        ("with leading zeros", &|id| format!("000{id}")),
        ("as a spreadsheet's text", &|id| format!("'{id}")),
        ("as its formula", &|id| format!("\"=\"\"{id}\"\"\"")),
        ("in all ways at once", &|id| if id.ends_with(['1', '3']) { format!("{id}.0") } else { format!("00{id}") }),
    ];
    for (how, spelling) in spellings {
        let mut text = "customer_id,since,reason\n".to_owned();
        objected.iter().for_each(|row| {
            text.push_str(&format!("{},{},{}\n", spelling(&row["customer_id"]), row["since"], row["reason"]))
        });
        fs::write(out.join("suppressions.csv"), text).expect("written");
        let gave = run_in(out, "lists.toml", &[]);
        assert_eq!(gave.code, 0, "{how}: {}", gave.err);
        assert_eq!(listed(out), all.difference(&ids).cloned().collect(), "{how}");
        let known = step(out, "best")["metrics"]["suppression_known"].as_f64().expect("a figure");
        assert!(known >= reached as f64, "{how}: {known} of {reached}");
    }

    // Addresses say nothing beside ids: held, and the old list stays. With the contacts that have both they do.
    let by_mail = |id: &str| emails.get(id).map_or_else(|| format!("{id}@gone.example"), |email| email.to_uppercase());
    let mut text = "customer_id,since,reason\n".to_owned();
    objected.iter().for_each(|row| {
        text.push_str(&format!("{},{},{}\n", by_mail(&row["customer_id"]), row["since"], row["reason"]))
    });
    fs::write(out.join("suppressions.csv"), text).expect("written");
    let before = files(&out.join("out/lists/best"));
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("e-mail addresses") && gave.err.contains("`contacts`"), "{}", gave.err);
    assert!(!gave.err.contains("@"), "no address is told: {}", gave.err);
    assert_eq!(files(&out.join("out/lists/best")), before);
    edited(out, "lists.toml", &[("suppression_reason", "contacts = \"customers\"\nsuppression_reason")]);
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(listed(out), all.difference(&ids).cloned().collect());
}

#[test]
fn a_source_that_cannot_be_trusted_holds_the_list() {
    let folder = lists();
    let out = folder.path();
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let before = files(&out.join("out/lists/best"));
    let header = "customer_id,since,reason\n";
    for (what, rows, words) in [
        ("nobody known", "A1,2025-01-01,objected\nA2,2025-01-01,objected\n", "none of the 2 rows"),
        ("empty", "", "is empty"),
        ("a null key", "10162,2023-12-11,moved away\n,2024-01-01,objected\n", "no person key"),
    ] {
        fs::write(out.join("suppressions.csv"), format!("{header}{rows}")).expect("written");
        let gave = run_in(out, "lists.toml", &[]);
        assert_eq!(gave.code, 3, "{what}: {}", gave.err);
        assert!(gave.err.contains(words), "{what}: {}", gave.err);
        assert_eq!(files(&out.join("out/lists/best")), before, "{what}");
    }
    fs::write(out.join("suppressions.csv"), format!("{header}10162,2023-12-11,moved away\n")).expect("written");
    edited(out, "lists.toml", &[("suppression_reason", "suppression_dated_by = \"since\"\nsuppression_reason")]);
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!((gave.code, gave.err.contains("days old")), (3, true), "{}", gave.err);

    // The same of consent.
    let consent = "consent = { from = \"customers\", email = \"consent\" }\nsuppression_reason";
    fs::write(out.join("lists.toml"), &*LISTS).expect("written");
    edited(out, "lists.toml", &[("suppression_reason", consent)]);
    fs::copy(root().join("datasets/demo-shop/suppressions.csv"), out.join("suppressions.csv")).expect("a copy");
    let header = "customer_id,first_name,email,phone,country,consent,signup_date\n";
    for (what, rows, words) in [
        ("nobody known", "A1,A,a@x.example,1,GB,yes,2024-01-01\n", "none of the 1 rows"),
        ("no answer", "10001,A,a@x.example,1,GB,perhaps,2024-01-01\n", "says yes or no"),
        (
            "a null key",
            "10001,A,a@x.example,1,GB,yes,2024-01-01\n,A,b@x.example,1,GB,no,2024-01-01\n",
            "has no customer",
        ),
    ] {
        fs::write(out.join("customers.csv"), format!("{header}{rows}")).expect("written");
        let gave = run_in(out, "lists.toml", &[]);
        assert_eq!(gave.code, 3, "{what}: {}", gave.err);
        assert!(gave.err.contains(words), "{what}: {}", gave.err);
        assert_eq!(files(&out.join("out/lists/best")), before, "{what}");
    }
}

#[test]
fn consent_goes_by_channel() {
    let folder = lists();
    let out = folder.path();
    let text = "customer_id,email,phone,mail_ok,sms_ok,ads_ok\n\
                10001,a1@x.example,+447700900001,Opted-In,no,0\n\
                10006.0,a2@x.example,+447700900002,TRUE,yes,1\n\
                10003,a3@x.example,+447700900003,ja,,maybe\n\
                10004,a4@x.example,+447700900004,unsubscribed,granted,denied\n\
                10005,a5@x.example,+447700900005,,,\n";
    fs::write(out.join("crm.csv"), text).expect("written");
    let mut pipeline = LISTS.replace(
        "suppression_reason",
        "consent = { from = \"crm\", email = \"mail_ok\", sms = \"sms_ok\", ads = \"ads_ok\" }\nsuppression_reason",
    );
    pipeline = pipeline.replace("suppression = \"suppressions\"", "").replace("suppression_reason = \"reason\"", "");
    pipeline.push_str(
        "contacts = \"crm\"\ncontact_columns = [\"email\", \"phone\"]\nformats = [\"csv\", \"klaviyo\", \"tiktok\"]\n\n\
         [stage.crm]\nkind = \"ingest\"\npaths = [\"crm.csv\"]\n\
         columns = { customer = \"customer_id\", email = \"email\", phone = \"phone\", mail_ok = \"mail_ok\", sms_ok = \"sms_ok\", ads_ok = \"ads_ok\" }\n\
         types = { customer = \"id\", phone = \"id\", mail_ok = \"text\", sms_ok = \"text\", ads_ok = \"text\" }\n",
    );
    fs::write(out.join("lists.toml"), &pipeline).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let plain: BTreeMap<String, (String, String)> = rows(&out.join("out/lists/best/best.csv"))
        .into_iter()
        .map(|row| (row["customer"].clone(), (row["email"].clone(), row["phone"].clone())))
        .collect();
    let expected = [
        ("10001", ("a1@x.example", "")),
        ("10006", ("a2@x.example", "+447700900002")),
        ("10003", ("a3@x.example", "")),
        ("10004", ("", "+447700900004")),
    ];
    let expected = expected.map(|(id, (mail, phone))| (id.to_owned(), (mail.to_owned(), phone.to_owned()))).into();
    assert_eq!(plain, expected);
    assert_eq!(rows(&out.join("out/lists/best/best.tiktok.csv")).len(), 1, "only 10006 consents to audiences");
    let audit = ask(&out.join("lists.toml"), out, "SELECT count(*) FROM best_audit WHERE outcome = 'no-consent'");
    assert!(
        audit[0].parse::<u64>().expect("a count") > 100,
        "whom the source does not name has not consented: {audit:?}"
    );

    // A channel that nobody was asked about needs a reason.
    fs::write(out.join("lists.toml"), pipeline.replace(", ads = \"ads_ok\"", "")).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 2, "{}", gave.err);
    assert!(gave.err.contains("audiences of advertising networks"), "{}", gave.err);
}

#[test]
fn lists_that_jump_are_held() {
    let folder = lists();
    let out = folder.path();
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let all = listed(out);
    let before = files(&out.join("out/lists/best"));
    // A sum that leaves about a tenth.
    let sums = ask(
        &out.join("lists.toml"),
        out,
        "SELECT CAST(money_365d AS DOUBLE) AS spent FROM features ORDER BY spent DESC",
    );
    let least = format!("least={}", sums[all.len() / 10]);
    let gave = run_in(out, "lists.toml", &["--var", &least]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("in the last good run it had") && gave.err.contains("max_change = 0"), "{}", gave.err);
    assert_eq!(run_in(out, "lists.toml", &["--var", "least=1e12"]).code, 3, "an empty list");
    assert_eq!(files(&out.join("out/lists/best")), before);
    // A person says that it is right.
    edited(out, "lists.toml", &[("max_change = 3.0", "max_change = 0")]);
    assert_eq!(run_in(out, "lists.toml", &["--var", &least]).code, 0);
    assert!(listed(out).len() < all.len() / 3);
    assert_eq!(run_in(out, "lists.toml", &["--var", "least=1e12"]).code, 3, "empty is held still");
    edited(out, "lists.toml", &[("max_change = 0", "max_change = 3.0")]);
    assert_eq!(run_in(out, "lists.toml", &[]).code, 3, "it grows as well");
}

#[test]
fn two_stages_cannot_publish_one_list() {
    let folder = lists();
    let out = folder.path();
    let mut text = LISTS.to_owned();
    text.push_str("\n[stage.again]\nkind = \"deliver\"\ntargets = \"best\"\nformats = [\"xlsx\"]\n");
    fs::write(out.join("lists.toml"), text).expect("written");
    let mut command = patron();
    let gave = run(command.current_dir(out).args(["check", "lists.toml"]));
    assert_eq!(gave.code, 2, "{}", gave.err);
    assert!(gave.err.contains("both publish the list `best`"), "{}", gave.err);
}

#[test]
fn further_tables_find_their_persons_under_any_spelling() {
    let folder = lists();
    let out = folder.path();
    fs::write(
        out.join("vips.csv"),
        "customer_id,level\n10001.0,gold\n0010006,gold\n 10003,gold\n10004,silver\n99999,gold\n",
    )
    .expect("written");
    let mut text =
        LISTS.replace("where = \"money_365d >= ${var:least}\"", "with = [\"vips\"]\nwhere = \"level = 'gold'\"");
    text = text.replace("least = \"0\"\n", "");
    text.push_str("\n[stage.vips]\nkind = \"ingest\"\npaths = [\"vips.csv\"]\ncolumns = { customer = \"customer_id\", level = \"level\" }\ntypes = { customer = \"id\" }\n");
    fs::write(out.join("lists.toml"), text).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(listed(out), ["10001", "10006", "10003"].map(str::to_owned).into());
    let metrics = &step(out, "best")["metrics"];
    assert_eq!((&metrics["vips_known"], &metrics["vips_unknown"]), (&4.0.into(), &1.0.into()), "{metrics}");
    fs::write(out.join("vips.csv"), "customer_id,level\nV1,gold\nV2,gold\n").expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!((gave.code, gave.err.contains("none of the 2 rows")), (3, true), "{}", gave.err);
}

#[test]
fn a_condition_names_the_customer_whatever_tables_are_beside() {
    let folder = lists();
    let out = folder.path();
    // One of the tables spells a customer in another way, so that it is joined by the person.
    fs::write(out.join("vips.csv"), "customer_id,level\n10001,gold\n0010006,gold\n10003,gold\n").expect("written");
    let vips = "\n[stage.vips]\nkind = \"ingest\"\npaths = [\"vips.csv\"]\n\
                columns = { customer = \"customer_id\", level = \"level\" }\n\
                types = { customer = \"id\", level = \"text\" }\n";
    let with = |more: &str| {
        let text = LISTS.replace("where = \"money_365d >= ${var:least}\"", more).replace("least = \"0\"\n", "");
        fs::write(out.join("lists.toml"), text + vips).expect("written");
    };
    with(
        "with = [\"customers\", \"vips\"]\nexclude = \"customers.consent = 'unknown'\"\n\
         where = \"customer <> '10003' AND level = 'gold'\"",
    );
    assert_eq!(run(patron().current_dir(out).args(["check", "lists.toml"])).code, 0);
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert_eq!(listed(out), ["10001", "10006"].map(str::to_owned).into());

    // What the run would refuse, the check refuses: a column of two tables, sums in a condition.
    for (more, words) in [
        (
            "with = [\"customers\", \"vips\"]\nwhere = \"source_line > 0\"",
            "several of the tables have a column `source_line`",
        ),
        ("with = [\"vips\"]\nwhere = \"count(*) > 1\"", "where"),
    ] {
        with(more);
        let checked = run(patron().current_dir(out).args(["check", "lists.toml"]));
        assert_eq!(checked.code, 2, "{more}: {}", checked.err);
        assert!(checked.err.contains(words), "{more}: {}", checked.err);
    }
}

#[test]
fn whoever_objected_by_telephone_is_in_no_list() {
    let folder = lists();
    let out = folder.path();
    let numbers = [
        ("10001", "07700 900101", "+44 7700 900101"),
        ("10006", "+44 (0)7700 900102", "07700900102"),
        ("10003", "+39 06 6982 1234", "06 69821234"),
        ("10004", "07700900104", "447700900104.0"),
    ];
    let mut crm = "customer_id,phone\n".to_owned();
    let mut objections = "\u{feff}phone\n".to_owned();
    for (customer, ours, theirs) in numbers {
        crm.push_str(&format!("{customer},{ours}\n"));
        objections.push_str(&format!("{theirs}\n"));
    }
    fs::write(out.join("crm.csv"), crm + "10005,07700 900105\n").expect("written");
    fs::write(out.join("objections.csv"), objections).expect("written");
    let text = LISTS
        .replace("suppression = \"suppressions\"", "suppression = \"objections\"\ncontacts = \"crm\"")
        .replace("suppression_reason = \"reason\"\n", "");
    let more = "\n[stage.crm]\nkind = \"ingest\"\npaths = [\"crm.csv\"]\n\
                columns = { customer = \"customer_id\", phone = \"phone\" }\n\
                types = { customer = \"id\", phone = \"id\" }\n\n[stage.objections]\nkind = \"ingest\"\n\
                paths = [\"objections.csv\"]\ncolumns = { customer = \"phone\" }\ntypes = { customer = \"id\" }\n";
    fs::write(out.join("lists.toml"), format!("{text}{more}")).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let listed = listed(out);
    for (customer, ..) in numbers {
        assert!(!listed.contains(customer), "{customer}");
    }
    assert!(listed.contains("10005") && listed.len() > 100, "{}", listed.len());
    let metrics = &step(out, "best")["metrics"];
    assert_eq!(
        (&metrics["suppression_known"], &metrics["suppression_unknown"]),
        (&4.0.into(), &0.0.into()),
        "{metrics}"
    );
}

#[test]
fn a_suppression_that_lost_most_of_its_rows_holds_the_list() {
    let folder = lists();
    let out = folder.path();
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let all = listed(out);
    // A further twenty persons object; then the file comes with one of its rows.
    let mut text = fs::read_to_string(out.join("suppressions.csv")).expect("a file");
    all.iter().take(20).for_each(|customer| text.push_str(&format!("{customer},2023-12-01,objected\n")));
    fs::write(out.join("suppressions.csv"), &text).expect("written");
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let before = files(&out.join("out/lists/best"));
    let (header, last) = (text.lines().next().expect("a header"), text.lines().last().expect("a row"));
    fs::write(out.join("suppressions.csv"), format!("{header}\n{last}\n")).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(
        gave.err.contains("1 persons are left out for having objected") && gave.err.contains("max_change = 0"),
        "{}",
        gave.err
    );
    assert_eq!(files(&out.join("out/lists/best")), before);
}

#[test]
fn one_date_in_the_future_makes_no_old_source_young() {
    let folder = lists();
    let out = folder.path();
    edited(out, "lists.toml", &[("suppression_reason", "suppression_dated_by = \"since\"\nsuppression_reason")]);
    let rows = "customer_id,since,reason\n10162,2020-12-11,moved away\n10163,2099-12-11,moved away\n";
    fs::write(out.join("suppressions.csv"), rows).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!((gave.code, gave.err.contains("days old")), (3, true), "{}", gave.err);
}

#[test]
fn an_answer_that_could_not_be_read_holds_the_list() {
    let folder = lists();
    let out = folder.path();
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let before = files(&out.join("out/lists/best"));
    // One row in two hundred has a day that there is not.
    let others: String = (0..200).map(|n| format!("10162,2023-12-{:02},objected\n", 1 + n % 28)).collect();
    let header = "customer_id,since,reason\n";
    fs::write(out.join("suppressions.csv"), format!("{header}{others}10001,2023-02-30,objected\n")).expect("written");
    edited(
        out,
        "lists.toml",
        &[(
            "columns = { customer = \"customer_id\", reason = \"reason\", since = \"since\" }\ntypes = { customer = \"id\" }",
            "columns = { customer = \"customer_id\", reason = \"reason\", since = \"since\" }\ntypes = { customer = \"id\", since = \"date\" }",
        )],
    );
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(
        gave.err.contains("1 rows of the suppression") && gave.err.contains("suppressions_rejects"),
        "{}",
        gave.err
    );
    assert_eq!(files(&out.join("out/lists/best")), before);
    // An id that a spreadsheet has cut short, in a file whose columns nobody described.
    let text = LISTS.replace("columns = { customer = \"customer_id\", reason = \"reason\", since = \"since\" }\ntypes = { customer = \"id\" }", "");
    fs::write(out.join("lists.toml"), text).expect("written");
    fs::write(
        out.join("suppressions.csv"),
        format!("customer,since,reason\n{others}5.01235E+12,2023-12-01,objected\n"),
    )
    .expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("1 rows of the suppression"), "{}", gave.err);
    // The same of consent: the row that says no is the one that cannot be read.
    fs::write(out.join("lists.toml"), &*LISTS).expect("written");
    fs::copy(root().join("datasets/demo-shop/suppressions.csv"), out.join("suppressions.csv")).expect("a copy");
    let consent = "consent = { from = \"customers\", email = \"consent\" }\nsuppression_reason";
    edited(
        out,
        "lists.toml",
        &[
            ("suppression_reason", consent),
            (
                "types = { phone = \"id\", customer = \"id\" }",
                "types = { phone = \"id\", customer = \"id\", signup = \"date\" }",
            ),
        ],
    );
    let text = fs::read_to_string(out.join("customers.csv")).expect("a file");
    let row = text.lines().nth(1).expect("a row");
    let mut cells: Vec<&str> = row.split(',').collect();
    let signup = text.lines().next().expect("a header").split(',').position(|name| name == "signup_date");
    cells[signup.expect("a date of sign-up")] = "soon";
    fs::write(out.join("customers.csv"), format!("{text}{}\n", cells.join(","))).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("1 rows of the source of consent"), "{}", gave.err);
}

#[test]
fn a_query_in_between_hides_no_row_that_could_not_be_read() {
    let folder = lists();
    let out = folder.path();
    let plain = "columns = { customer = \"customer_id\", reason = \"reason\", since = \"since\" }\ntypes = { customer = \"id\" }";
    let dated = plain.replace("\"id\" }", "\"id\", since = \"date\" }");
    let query = |name: &str, input: &str, sql: &str| {
        format!(
            "\n[stage.{name}]\nkind = \"sql\"\ninputs = [\"{input}\"]\nquery = \"{sql}\"\n\
             columns = {{ customer = \"text\", reason = \"text\" }}\n"
        )
    };
    let through = |sql: &str| {
        let text = LISTS.replace(plain, &dated).replace("suppression = \"suppressions\"", "suppression = \"second\"");
        let text = text.replace("max_change = 3.0", "max_change = 0");
        let more =
            query("first", "suppressions", sql) + &query("second", "first", "SELECT customer, reason FROM first");
        fs::write(out.join("lists.toml"), text + &more).expect("written");
    };
    through("SELECT customer, reason FROM suppressions");
    assert_eq!(run_in(out, "lists.toml", &[]).code, 0);
    let before = files(&out.join("out/lists/best"));
    // One row in two hundred has a day that there is not.
    let others: String = (0..200).map(|n| format!("10162,2023-12-{:02},objected\n", 1 + n % 28)).collect();
    let text = format!("customer_id,since,reason\n{others}10001,2023-02-30,objected\n");
    fs::write(out.join("suppressions.csv"), text).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(
        gave.err.contains("1 rows of the suppression `second`") && gave.err.contains("FROM suppressions_rejects"),
        "{}",
        gave.err
    );
    assert_eq!(files(&out.join("out/lists/best")), before);
    // A table of another pipeline hides none either.
    let other = LISTS.replace(plain, &dated).replace("least = \"0\"\n", "");
    fs::write(out.join("source.toml"), other.split("[stage.best]").next().expect("a beginning")).expect("written");
    let mut command = patron();
    let gave = run(command.current_dir(out).args(["run", "source.toml", "--quiet", "--out", "source"]));
    assert_eq!(gave.code, 0, "{}", gave.err);
    let there = LISTS.replace("paths = [\"suppressions.csv\"]", "paths = [\"run:source/suppressions\"]");
    let there = there.replace("\"customer_id\", reason = \"reason\"", "\"customer\", reason = \"reason\"");
    fs::write(out.join("lists.toml"), there).expect("written");
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 3, "{}", gave.err);
    assert!(gave.err.contains("suppressions_rejects behind run:source/suppressions"), "{}", gave.err);
    // A query that looks at what was set aside deals with it.
    through(
        "SELECT customer, reason FROM suppressions UNION ALL SELECT split_part(record, ',', 1), 'not read' FROM suppressions_rejects",
    );
    let gave = run_in(out, "lists.toml", &[]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert!(!listed(out).contains("10001"));
}
